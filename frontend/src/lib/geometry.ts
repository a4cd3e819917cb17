/** Points, sizes and rectangles, in whatever unit the context names. */
export interface Point {
  x: number;
  y: number;
}

export interface Size {
  width: number;
  height: number;
}

/** `x` and `y` are the top left corner. */
export interface Rectangle extends Point, Size {}

export function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), Math.max(least, most));
}
