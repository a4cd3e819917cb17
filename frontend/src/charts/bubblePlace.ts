/** Where the bubble goes that says what is pointed at. */
import type { Point, Size } from "../lib/geometry";

/** Between the pointer and the bubble, in pixels. */
const GAP = 14;
/** That stay free at the edges of the window. */
const EDGE = 8;

/**
 * The upper left corner of the bubble, in pixels of the window, as `pointer` is: below the pointer and to its right, or
 * to its left where the bubble does not fit on the right; never off the window.
 */
export function bubblePlace(pointer: Point, bubble: Size, window: Size): Point {
  const right = pointer.x + GAP;
  const left = pointer.x - GAP - bubble.width;
  const fits = right + bubble.width <= window.width - EDGE;
  const wanted = fits || left < EDGE ? right : left;
  return {
    x: Math.max(EDGE, Math.min(window.width - EDGE - bubble.width, wanted)),
    y: Math.max(EDGE, Math.min(window.height - EDGE - bubble.height, pointer.y + GAP)),
  };
}
