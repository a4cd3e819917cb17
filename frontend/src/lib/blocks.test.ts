import { expect, test } from "vitest";
import { blocksBetween, heightOf, placeBlocks, tileGrid, tilesBetween } from "./blocks";

const grid = tileGrid(1000, { width: 190, gap: 10, head: 36 }, (width) => width + 8); // 5 columns, rows of 210

test("tiles share the whole width, and there is a column even where none fits", () => {
  expect(grid).toMatchObject({ columns: 5, tileWidth: 192, tileHeight: 200 });
  const narrow = tileGrid(120, { width: 400, gap: 10, head: 0 }, (width) => width);
  expect(narrow).toMatchObject({ columns: 1, tileWidth: 120 });
});

test("blocks lie under each other, as high as their head and rows; a folded one is only its head", () => {
  const blocks = placeBlocks([6, 0, 10_000], grid);
  expect(blocks).toEqual([
    { top: 0, height: 36 + 2 * 210 },
    { top: 456, height: 36 },
    { top: 492, height: 36 + 2000 * 210 },
  ]);
  expect(heightOf(blocks)).toBe(492 + 36 + 420_000);
  expect(heightOf([])).toBe(0);
});

test("only blocks in sight are named", () => {
  const blocks = placeBlocks([5, 5, 5, 5], grid); // 246 each
  expect(blocksBetween(blocks, 0, 246)).toEqual([0, 1]);
  expect(blocksBetween(blocks, 245, 247)).toEqual([0, 2]);
  expect(blocksBetween(blocks, 246, 800)).toEqual([1, 4]);
  expect(blocksBetween(blocks, -500, 0)).toEqual([0, 0]);
  expect(blocksBetween(blocks, 5000, 6000)).toEqual([4, 4]);
});

test("of ten thousand tiles only the rows in sight are named", () => {
  const [block] = placeBlocks([10_000], grid);
  if (!block) throw new Error("no block");
  const rowsTop = 36 + 210 * 100;
  expect(tilesBetween(block, 10_000, grid, rowsTop + 5, rowsTop + 215)).toEqual([500, 510]);
  expect(tilesBetween(block, 10_000, grid, -800, 30)).toEqual([0, 0]);
  expect(tilesBetween(block, 12, grid, 0, 100_000)).toEqual([0, 12]);
});
