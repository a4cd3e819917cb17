/** How the overview's height is shared between the table and the charts below it. */

const HEAD = 34;
const ROW = 32;
/** A scroll bar at the bottom, where columns lie outside. */
const BAR = 16;
const SECTION_HEAD = 37;
/** A row of charts with what stands above it. */
const CHARTS = 340;
/** Rows that are seen at least. */
const LEAST_ROWS = 4;
const MOST_SHARE = 0.56;

/** The table's height in pixels. Its rows take what they need, up to a share that leaves a row of charts. */
export function shareOfTable(rows: number, room: number, chartsClosed: boolean): number {
  const needed = HEAD + rows * ROW + BAR;
  if (chartsClosed) return Math.max(0, room - SECTION_HEAD);
  const least = HEAD + LEAST_ROWS * ROW;
  const most = Math.max(least, Math.min(room * MOST_SHARE, room - CHARTS));
  return Math.round(Math.min(needed, most, room));
}
