/** Which of many lines over parallel axes, or which of many points, the pointer is at. */
import type { Point } from "../../lib/geometry";

/** Pixels around the pointer. */
const REACH = 9;

/**
 * The line nearest to a place, by its height there; -1: none is near.
 *
 * @param xs of the axes, from left to right
 * @param heights of each line on each axis, in pixels: line after line
 */
export function nearestLine(xs: readonly number[], heights: Float64Array, { x, y }: Point): number {
  const count = xs.length;
  if (count === 0 || x < xs[0]! - REACH || x > xs[count - 1]! + REACH) return -1;
  const behind = xs.findIndex((at) => at >= x);
  const right = Math.min(behind < 0 ? count - 1 : Math.max(1, behind), count - 1);
  const left = Math.max(0, right - 1);
  const width = xs[right]! - xs[left]!;
  const share = width > 0 ? Math.min(1, Math.max(0, (x - xs[left]!) / width)) : 0;
  let [nearest, distance] = [-1, REACH];
  for (let line = 0; line * count < heights.length; line++) {
    const [from, to] = [heights[line * count + left]!, heights[line * count + right]!];
    // Steep lines are met beside as well as above.
    const slope = width > 0 ? (to - from) / width : 0;
    const away = Math.abs(from + (to - from) * share - y) / Math.sqrt(1 + slope * slope);
    if (away < distance) [nearest, distance] = [line, away];
  }
  return nearest;
}

/** The point nearest to a place; -1: none is near. `places`: x and y of each, in pixels. */
export function nearestPoint(places: Float64Array, radii: Float64Array, { x, y }: Point): number {
  let [nearest, distance] = [-1, REACH];
  for (let point = 0; 2 * point < places.length; point++) {
    const away =
      Math.hypot(places[2 * point]! - x, places[2 * point + 1]! - y) - Math.max(0, radii[point]! - REACH / 2);
    if (away < distance) [nearest, distance] = [point, away];
  }
  return nearest;
}
