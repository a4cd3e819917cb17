/** Blocks of equal tiles under each other, each block with a head; only what is in sight needs to be made. */

/** How many tiles stand beside each other, and how large. `head`: height of a block's head. In pixels. */
export interface TileGrid {
  columns: number;
  tileWidth: number;
  tileHeight: number;
  gap: number;
  head: number;
}

export interface Placed {
  /** From the top of the first block. */
  top: number;
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

/** `counts`: tiles of each block; none where it is folded. */
export function placeBlocks(
  counts: readonly number[],
  { columns, tileHeight, gap, head }: TileGrid,
): Placed[] {
  let top = 0;
  return counts.map((count) => {
    const placed = { top, height: head + Math.ceil(count / columns) * (tileHeight + gap) };
    top += placed.height;
    return placed;
  });
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
  block: Placed,
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
