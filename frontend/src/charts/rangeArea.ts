/** A part of the x axis that is selected, in pixels of the plot. */
import { projection, valueAt, type Scale } from "./lines";
import type { Range } from "./ranges";

/** Nearer ends than that are one place: a click. */
const CLICK_PX = 4;

/** Between two places on the axis. `whole`: x is a step. */
export function rangeBetween(x: Scale, from: number, to: number, whole: boolean): Range {
  const within = (place: number) => Math.min(Math.max(place, Math.min(x.from, x.to)), Math.max(x.from, x.to));
  const at = (place: number) => {
    const value = valueAt(x, within(place));
    return whole ? Math.round(value) : value;
  };
  const [low, high] = [at(Math.min(from, to)), at(Math.max(from, to))];
  return Math.abs(from - to) < CLICK_PX ? [low, low] : [low, high];
}

/** null: nothing of it is in sight. */
export function spanOf(x: Scale, range: Range): { left: number; width: number } | null {
  const toX = projection(x);
  const [from, to] = [toX(range[0]), toX(range[1])];
  const left = Math.max(x.from, Number.isNaN(from) ? x.from : from);
  const right = Math.min(x.to, to);
  return right >= left ? { left, width: right - left } : null;
}
