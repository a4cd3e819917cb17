/** A grid of equal tiles of which only those in sight are made. */
import { clamp } from "./geometry";

export interface TileGrid {
  count: number;
  columns: number;
  tileWidth: number;
  tileHeight: number;
  gap: number;
}

/** As many columns as fit, at least one, of equal width. A tile is as high as its width asks for. */
export function tileGrid(
  count: number,
  width: number,
  wantedWidth: number,
  gap: number,
  heightOf: (tileWidth: number) => number,
): TileGrid {
  const columns = Math.max(1, Math.floor((width + gap) / (wantedWidth + gap)));
  const tileWidth = Math.max(1, Math.floor((width - gap * (columns - 1)) / columns));
  return { count, columns, tileWidth, tileHeight: heightOf(tileWidth), gap };
}

export function gridHeight({ count, columns, tileHeight, gap }: TileGrid): number {
  const rows = Math.ceil(count / columns);
  return rows === 0 ? 0 : rows * (tileHeight + gap) - gap;
}

/** First and behind the last tile between two heights of the grid, in whole rows. */
export function tilesBetween(grid: TileGrid, top: number, bottom: number): [first: number, end: number] {
  const rowHeight = grid.tileHeight + grid.gap;
  const first = Math.floor(top / rowHeight) * grid.columns;
  const end = Math.ceil(bottom / rowHeight) * grid.columns;
  return [clamp(first, 0, grid.count), clamp(end, 0, grid.count)];
}

export function tilePosition(grid: TileGrid, index: number): { left: number; top: number } {
  const row = Math.floor(index / grid.columns);
  const column = index - row * grid.columns;
  return { left: column * (grid.tileWidth + grid.gap), top: row * (grid.tileHeight + grid.gap) };
}
