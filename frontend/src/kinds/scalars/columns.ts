/** How finely series are asked for. */

/** More lines than this in one chart are a surface, and more than the server watches. */
export const MOST_EXPERIMENTS = 1000;

/** What one chart can redraw ten times a second. */
const MOST_COLUMNS = 24_000;
const FEWEST = 40;
/** A window made a little wider is no reason to ask again. */
const ROUNDED_TO = 50;

/** Pixel columns of an overview in a chart so wide with so many lines, no more than it has; 0 while it has no width. */
export function columnsFor(width: number, lines: number): number {
  if (width <= 0) return 0;
  const wanted = Math.floor(width / ROUNDED_TO) * ROUNDED_TO;
  return Math.max(FEWEST, Math.min(wanted, Math.floor(MOST_COLUMNS / Math.max(1, lines))));
}

/**
 * How many lines a chart will have once the labels of all experiments are known: as many more as have its label so far, or
 * else its overview would be asked for again, more coarsely, each time that some more are known.
 */
export function linesToCome(having: number, known: number, unknown: number): number {
  return having + (known > 0 ? Math.round((having / known) * unknown) : 0);
}
