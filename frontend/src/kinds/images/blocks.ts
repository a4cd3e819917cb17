/** Blocks of equal tiles, each block with a head; only what is in sight needs to be made. */
import { clamp } from "../../lib/geometry";

/** How many tiles stand beside each other, and how large. `head`: height of a block's head. In pixels. */
export interface TileGrid {
  columns: number;
  tileWidth: number;
  tileHeight: number;
  gap: number;
  head: number;
}

export interface Block {
  /** Of its tiles. */
  count: number;
  /** Only its head is there; it keeps its place beside others. */
  isFolded: boolean;
}

export interface Placed {
  /** From the top of the first block. */
  top: number;
  /** In columns, from the left. */
  column: number;
  /** How many columns it takes. */
  span: number;
  height: number;
}

/** Tiles of at least this width share the whole width; their height follows from it. */
export function tileGrid(
  width: number,
  least: { width: number; gap: number; head: number },
  heightOf: (tileWidth: number) => number,
): TileGrid {
  const { gap, head } = least;
  const columns = Math.max(1, Math.floor((width + gap) / (least.width + gap)));
  const tileWidth = Math.max(1, Math.floor((width - gap * (columns - 1)) / columns));
  return { columns, tileWidth, tileHeight: heightOf(tileWidth), gap, head };
}

/** As above, but tiles that do not fill a row are larger, as far as the row is no higher than `room`. */
export function roomyGrid(
  width: number,
  { count, room, ...least }: { width: number; gap: number; head: number; count: number; room: number },
  heightOf: (tileWidth: number) => number,
): TileGrid {
  const grid = tileGrid(width, least, heightOf);
  if (count === 0 || count >= grid.columns) return grid;
  let tileWidth = Math.floor((width - grid.gap * (count - 1)) / count);
  while (tileWidth > grid.tileWidth && grid.head + heightOf(tileWidth) > room) tileWidth--;
  return { ...grid, columns: count, tileWidth, tileHeight: heightOf(tileWidth) };
}

/** Tiles narrower than this show nothing. */
const NARROWEST = 32;
const LARGEST_GAP = 64;

/** So many columns, so far apart, as long as the width is enough for them; none wider than `widest`. */
export function givenGrid(
  width: number,
  given: { columns: number; padding: number; widest: number; head: number },
  heightOf: (tileWidth: number) => number,
): TileGrid {
  const gap = clamp(Math.round(given.padding), 0, LARGEST_GAP);
  const most = Math.max(1, Math.floor((width + gap) / (NARROWEST + gap)));
  const columns = clamp(given.columns, 1, most);
  const share = Math.floor((width - gap * (columns - 1)) / columns);
  const tileWidth = clamp(share, 1, given.widest);
  return { columns, tileWidth, tileHeight: heightOf(tileWidth), gap, head: given.head };
}

/** In their order, those of a single row of tiles beside each other as long as they fit. */
export function placeBlocks(blocks: readonly Block[], grid: TileGrid): Placed[] {
  const placed: Placed[] = [];
  /** Those beside each other are as high as the highest: all end where the next begins. */
  let line: Placed[] = [];
  let top = 0;
  const endLine = () => {
    const height = Math.max(0, ...line.map((block) => block.height));
    for (const block of line) block.height = height;
    top += height;
    line = [];
  };
  for (const { count, isFolded } of blocks) {
    const span = Math.max(1, Math.min(count, grid.columns));
    const before = line.at(-1);
    const column = before ? before.column + before.span : 0;
    const fits = count <= grid.columns && column + span <= grid.columns;
    if (before && !fits) endLine();
    const rows = isFolded ? 0 : Math.ceil(count / grid.columns);
    const height = grid.head + rows * (grid.tileHeight + grid.gap);
    const block = { top, column: before && fits ? column : 0, span, height };
    line.push(block);
    placed.push(block);
  }
  endLine();
  return placed;
}

export function heightOf(blocks: readonly Placed[]): number {
  const last = blocks.at(-1);
  return last ? last.top + last.height : 0;
}

/** First and one after the last of the blocks that touch a part of the whole. */
export function blocksBetween(
  blocks: readonly Placed[],
  from: number,
  to: number,
): [first: number, end: number] {
  return [
    partition(blocks, ({ top, height }) => top + height <= from),
    partition(blocks, ({ top }) => top < to),
  ];
}

/** First and one after the last of a block's tiles that touch a part of the whole, in whole rows. */
export function tilesBetween(
  block: Pick<Placed, "top">,
  count: number,
  grid: TileGrid,
  from: number,
  to: number,
): [first: number, end: number] {
  const rowHeight = grid.tileHeight + grid.gap;
  const start = block.top + grid.head;
  const first = Math.max(0, Math.floor((from - start) / rowHeight)) * grid.columns;
  const end = Math.max(0, Math.ceil((to - start) / rowHeight)) * grid.columns;
  return [Math.min(first, count), Math.min(end, count)];
}

/** How many come first for which `isBefore` holds; it holds for none after one for which it does not. */
function partition<Value>(sorted: readonly Value[], isBefore: (value: Value) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const value = sorted[middle];
    if (value !== undefined && isBefore(value)) low = middle + 1;
    else high = middle;
  }
  return low;
}
