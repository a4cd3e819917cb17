/** What a tooltip lists: of each line what it has at the crosshair, exact as soon as that is known. */
import type { ValueAt } from "../../api/messages";
import { sortPoints, type HoverOrder } from "../../charts/hover";
import type { Hovered } from "../../charts/hover.svelte";
import { toNumber } from "../../lib/numbers";
import type { ScalarLine } from "./lines";

export interface TooltipRow {
  line: ScalarLine;
  value: number;
  /** null: nothing is smoothed. */
  smoothed: number | null;
  /** What the line is drawn at. */
  shown: number;
  step: number;
  /** Unix seconds */
  wallTime: number;
  /** In pixels, from the pointer. */
  distance: number;
  /** Its point lies elsewhere: it is the last one before. */
  isAside: boolean;
  /** The values are those that were logged; else only about them, as they are drawn. */
  isExact: boolean;
  isNearest: boolean;
}

/** By `keyOfLine`. */
export type ExactValues = ReadonlyMap<string, ValueAt>;

/** Beside a crosshair on an axis of time hardly any point lies just there: further beside than this is another moment. */
const ASIDE_PX = 16;

export function keyOfLine({
  experiment,
  label,
  writer,
}: Pick<ValueAt, "experiment" | "label" | "writer">): string {
  return JSON.stringify([experiment, label, writer]);
}

/** Whether all that is said of the crosshair's place can be taken from what is drawn. */
export function isKnown({ at, points }: Hovered<ScalarLine>): boolean {
  return at === null || points.every(({ line }) => line.isWhole);
}

/** `exact`: what the server says of this place; null until it does. `byStep`: x is the step. */
export function rowsAt(
  hovered: Hovered<ScalarLine>,
  exact: ExactValues | null,
  { byStep, order }: { byStep: boolean; order: HoverOrder },
): TooltipRow[] {
  const rows = hovered.points.flatMap((point): TooltipRow[] => {
    const { line, index, distance, aside } = point;
    const isNearest = point === hovered.nearest;
    const drawn = {
      line,
      value: point.value,
      smoothed: line.smoothed ? point.shown : null,
      shown: point.shown,
      step: line.steps[index]!,
      wallTime: line.wallTimes[index]!,
      distance,
      isAside: hovered.at !== null && (byStep ? !point.isHere : aside > ASIDE_PX),
      isExact: hovered.at === null || line.isWhole,
      isNearest,
    };
    if (drawn.isExact) return [drawn];
    if (!exact) return [{ ...drawn, isAside: false }];
    const known = exact.get(keyOfLine(line));
    if (!known) return [];
    const value = toNumber(known.value);
    const smoothed = line.smoothed ? toNumber(known.smoothed ?? known.value) : null;
    return [
      {
        ...drawn,
        value,
        smoothed,
        shown: smoothed ?? value,
        step: known.step,
        wallTime: known.wall_time,
        isAside: byStep ? !known.is_here : aside > ASIDE_PX,
        isExact: true,
      },
    ];
  });
  return sortPoints(rows, order);
}
