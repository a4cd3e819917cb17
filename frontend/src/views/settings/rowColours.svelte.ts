/** Which colour lines and points have here: that of their experiments, or one by a result. */
import { colourOnScale, colourScaleOf, rampColour } from "../../lib/colourScale";
import { formatCell } from "../../lib/cells";
import { colourOf } from "../../state/colours.svelte";
import { shownTheme } from "../../state/settings.svelte";
import type { SettingRow } from "./settingRows.svelte";

const STOPS = [0, 0.2, 0.4, 0.6, 0.8, 1];

export interface RowColours {
  of: (row: SettingRow) => string;
  /** Of numbers: from the smallest to the largest, for a legend. */
  ramp: { low: string; high: string; log: boolean; gradient: string } | null;
}

/** @param place of the field that they stand for among the cells; null: as everywhere */
export function rowColoursOf(rows: readonly SettingRow[], place: number | null): RowColours {
  if (place === null) return { of: ({ id }) => colourOf(id), ramp: null };
  const theme = shownTheme();
  const scale = colourScaleOf(rows.filter(({ shown }) => shown).map(({ cells }) => cells[place] ?? null));
  const gradient = `linear-gradient(90deg, ${STOPS.map((share) => rampColour(share, theme)).join(", ")})`;
  return {
    of: ({ cells }) => colourOnScale(scale, cells[place] ?? null, theme),
    ramp:
      scale.kind === "numbers"
        ? { low: formatCell(scale.low), high: formatCell(scale.high), log: scale.log, gradient }
        : null,
  };
}
