/** How long the bar in a numeric cell is: where the value lies in the range of its column. */
import type { Cell } from "../../lib/cells";

export interface BarRange {
  min: number;
  max: number;
}

/**
 * The range of a column's numbers. A few that lie far away from the others, such as the loss of a run that exploded, do not
 * stretch it: beyond three times the distance of the quartiles a bar is full, or empty.
 *
 * @returns null where there is nothing to compare: fewer than two numbers, or all equal
 */
export function barRange(cells: Iterable<Cell>): BarRange | null {
  const numbers = [...cells].filter(
    (cell): cell is number => typeof cell === "number" && Number.isFinite(cell),
  );
  if (numbers.length < 2) return null;
  const sorted = Float64Array.from(numbers).sort();
  const at = (part: number) => sorted[Math.round(part * (sorted.length - 1))]!;
  const reach = 3 * (at(0.75) - at(0.25));
  // Where more than half of them are the same, the others are no outliers.
  const [low, high] = reach > 0 ? [at(0.25) - reach, at(0.75) + reach] : [-Infinity, Infinity];
  const min = sorted.find((each) => each >= low) ?? sorted[0]!;
  const max = sorted.findLast((each) => each <= high) ?? sorted.at(-1)!;
  return max > min ? { min, max } : null;
}

/** A share of the cell's width, 0 to 1; null: no bar. */
export function barLength(value: Cell, range: BarRange | null | undefined): number | null {
  if (!range || typeof value !== "number" || Number.isNaN(value)) return null;
  return Math.min(1, Math.max(0, (value - range.min) / (range.max - range.min)));
}
