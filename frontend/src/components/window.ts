/** Which rows of equal height touch a part of the screen, with some more on either side. */
export interface RowWindow {
  first: number;
  /** One after the last. */
  end: number;
}

/** `from`, `to`: the visible part in pixels from the first row's top. */
export function rowsBetween(from: number, to: number, rowHeight: number, count: number, more = 2): RowWindow {
  if (to <= 0 || from >= rowHeight * count) return { first: 0, end: 0 };
  const first = Math.max(0, Math.floor(from / rowHeight) - more);
  const end = Math.min(count, Math.ceil(to / rowHeight) + more);
  return { first, end };
}

/** How many columns of at least `minimum` pixels fit beside each other. */
export function columnsIn(width: number, minimum: number, gap: number): number {
  return Math.max(1, Math.floor((width + gap) / (minimum + gap)));
}
