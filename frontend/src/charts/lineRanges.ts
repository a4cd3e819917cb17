/** What a chart of lines shows when nobody has zoomed. */
import { visibleChunks, type Line } from "./lines";
import { extentOf, padded, usualExtent, type Range } from "./ranges";

const EMPTY: Range = [0, 1];
const EMPTY_LOG: Range = [1, 10];
/** Enough for a point at the edge to be seen. */
const X_ROOM = 0.015;

export function xRangeOf(lines: readonly Line[], log: boolean): Range {
  let min = Infinity;
  let max = -Infinity;
  for (const line of lines) {
    const extent = extentOf([line.x.subarray(0, line.length)]);
    if (!extent) continue;
    min = Math.min(min, extent[0] - line.origin);
    max = Math.max(max, extent[1] - line.origin);
  }
  if (log && min <= 0) min = smallestPositive(lines);
  return min <= max ? padded([min, max], { log, share: X_ROOM }) : log ? EMPTY_LOG : EMPTY;
}

function smallestPositive(lines: readonly Line[]): number {
  let smallest = Infinity;
  for (const { x, length, origin } of lines) {
    for (let index = 0; index < length; index++) {
      const value = x[index]! - origin;
      if (value > 0 && value < smallest) smallest = value;
    }
  }
  return smallest;
}

/** Whether values far beyond the others are left out of a range; "auto": where they make up most of it. */
export type WithoutOutliers = boolean | "auto";

/** `x`: what is shown of that axis; null: all. */
export function yRangeOf(
  lines: readonly Line[],
  x: Range | null,
  { log, withoutOutliers }: { log: boolean; withoutOutliers: WithoutOutliers },
): Range {
  const values = lines.map((line) => {
    const { y, band } = line;
    return (band ? [y, band.low, band.high] : [y]).flatMap((each) => visibleChunks(line, each, x));
  });
  const extent = withoutOutliers
    ? usualExtent(values, { log, onlyIfWorth: withoutOutliers === "auto" })
    : extentOf(values.flat(), log);
  return extent ? padded(extent, { log }) : log ? EMPTY_LOG : EMPTY;
}

/** A range that came from an address or another chart, as far as this axis can show it; null if it cannot. */
export function showable(range: Range | undefined, log: boolean): Range | null {
  if (!range || !(range[1] > range[0])) return null;
  if (!log) return range;
  return range[1] > 0 ? [Math.max(range[0], range[1] * 1e-12), range[1]] : null;
}
