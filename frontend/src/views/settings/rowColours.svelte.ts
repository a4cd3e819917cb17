/** Which colour lines and points have here: that of their experiments, or one by a result. */
import { usualExtent } from "../../charts/ranges";
import { colourOnScale, colourScaleOf, isLogarithmic, rampColour } from "../../lib/colourScale";
import { formatCell, type Cell } from "../../lib/cells";
import { colourOf } from "../../state/colours.svelte";
import { shownTheme } from "../../state/settings.svelte";
import type { SettingRow } from "./settingRows.svelte";

const STOPS = [0, 0.2, 0.4, 0.6, 0.8, 1];

export interface RowColours {
  of: (row: SettingRow) => string;
  /** Of numbers: from the smallest to the largest that are usual, for a legend. */
  ramp: { low: string; high: string; log: boolean; gradient: string } | null;
}

/** @param place of the field that they stand for among the cells; null: as everywhere */
export function rowColoursOf(rows: readonly SettingRow[], place: number | null): RowColours {
  if (place === null) return { of: ({ id }) => colourOf(id), ramp: null };
  const theme = shownTheme();
  const shown = rows.filter((row) => row.shown).map(({ cells }) => cells[place] ?? null);
  const usual = usualOf(shown);
  const scale = colourScaleOf(usual);
  const isAny = (beyond: (value: number) => boolean) =>
    shown.some((cell) => typeof cell === "number" && Number.isFinite(cell) && beyond(cell));
  const gradient = `linear-gradient(90deg, ${STOPS.map((share) => rampColour(share, theme)).join(", ")})`;
  return {
    of: ({ cells }) => colourOnScale(scale, cells[place] ?? null, theme),
    ramp:
      scale.kind === "numbers"
        ? {
            low: (isAny((value) => value < scale.low) ? "≤ " : "") + formatCell(scale.low),
            high: (isAny((value) => value > scale.high) ? "≥ " : "") + formatCell(scale.high),
            log: scale.log,
            gradient,
          }
        : null,
  };
}

/** Without what lies far from most, as a run that diverged does: all others would have one colour. */
function usualOf(cells: readonly Cell[]): readonly Cell[] {
  const numbers = cells.filter((cell) => typeof cell === "number");
  const sorted = numbers.filter(Number.isFinite).sort((a, b) => a - b);
  const range = usualExtent(
    numbers.map((value) => [Float64Array.of(value)]),
    { log: sorted.length > 0 && isLogarithmic(sorted), onlyIfWorth: true },
  );
  return range
    ? cells.filter((cell) => typeof cell !== "number" || (cell >= range[0] && cell <= range[1]))
    : cells;
}
