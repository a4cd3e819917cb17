import { describe, expect, test } from "vitest";
import { blocksBetween, givenGrid, heightOf, placeBlocks, roomyGrid, tileGrid, tilesBetween } from "./blocks";

const grid = tileGrid(1000, { width: 190, gap: 10, head: 36 }, (width) => width + 8); // 5 columns, rows of 210

test("tiles share the whole width, and there is a column even where none fits", () => {
  expect(grid).toMatchObject({ columns: 5, tileWidth: 192, tileHeight: 200 });
  const narrow = tileGrid(120, { width: 400, gap: 10, head: 0 }, (width) => width);
  expect(narrow).toMatchObject({ columns: 1, tileWidth: 120 });
});

test("tiles that do not fill a row take its room, as far as all of them is seen", () => {
  const of = (count: number, room: number) =>
    roomyGrid(1000, { width: 190, gap: 10, head: 36, count, room }, (width) => width + 8);
  expect(of(2, 1000)).toMatchObject({ columns: 2, tileWidth: 495 });
  expect(of(2, 344)).toMatchObject({ columns: 2, tileWidth: 300, tileHeight: 308 });
  expect(of(2, 100).tileWidth).toBe(192);
  expect(of(7, 1000)).toEqual(grid);
});

const open = (count: number) => ({ count, isFolded: false });
const ROW = 36 + 210;

test("blocks with more than a row lie under each other, as high as their head and rows", () => {
  const blocks = placeBlocks([open(6), open(10_000)], grid);
  expect(blocks).toEqual([
    { top: 0, column: 0, span: 5, height: 36 + 2 * 210 },
    { top: 456, column: 0, span: 5, height: 36 + 2000 * 210 },
  ]);
  expect(heightOf(blocks)).toBe(456 + 36 + 420_000);
  expect(heightOf([])).toBe(0);
});

test("small blocks lie beside each other as long as they fit, in their order", () => {
  const blocks = placeBlocks([open(2), open(2), open(2), open(8), open(1)], grid);
  expect(blocks.map(({ top, column, span }) => [top, column, span])).toEqual([
    [0, 0, 2],
    [0, 2, 2],
    [ROW, 0, 2],
    [2 * ROW, 0, 5],
    [2 * ROW + 36 + 2 * 210, 0, 1],
  ]);
});

test("a folded block is only its head, and keeps its place", () => {
  const blocks = placeBlocks([{ count: 2, isFolded: true }, open(2), { count: 9, isFolded: true }], grid);
  expect(blocks).toEqual([
    { top: 0, column: 0, span: 2, height: ROW },
    { top: 0, column: 2, span: 2, height: ROW },
    { top: ROW, column: 0, span: 5, height: 36 },
  ]);
});

test("only blocks in sight are named", () => {
  const blocks = placeBlocks([open(5), open(2), open(3), open(5)], grid);
  expect(blocksBetween(blocks, 0, ROW)).toEqual([0, 1]);
  expect(blocksBetween(blocks, ROW - 1, ROW + 1)).toEqual([0, 3]);
  expect(blocksBetween(blocks, 2 * ROW, 5000)).toEqual([3, 4]);
  expect(blocksBetween(blocks, -500, 0)).toEqual([0, 0]);
  expect(blocksBetween(blocks, 5000, 6000)).toEqual([4, 4]);
});

test("of ten thousand tiles only the rows in sight are named", () => {
  const block = { top: 0 };
  const rowsTop = 36 + 210 * 100;
  expect(tilesBetween(block, 10_000, grid, rowsTop + 5, rowsTop + 215)).toEqual([500, 510]);
  expect(tilesBetween(block, 10_000, grid, -800, 30)).toEqual([0, 0]);
  expect(tilesBetween(block, 12, grid, 0, 100_000)).toEqual([0, 12]);
});

describe("a grid that is given", () => {
  const height = (tileWidth: number) => tileWidth + 10;
  const given = { columns: 8, padding: 2, widest: 210, head: 0 };

  test("has its columns, none wider than is wished", () => {
    expect(givenGrid(814, given, height)).toEqual({
      columns: 8,
      tileWidth: 100,
      tileHeight: 110,
      gap: 2,
      head: 0,
    });
    expect(givenGrid(4000, given, height)).toMatchObject({ columns: 8, tileWidth: 210 });
  });

  test("has fewer where there is no room, and at least one", () => {
    expect(givenGrid(100, given, height)).toMatchObject({ columns: 3, tileWidth: 32 });
    expect(givenGrid(0, given, height)).toMatchObject({ columns: 1, tileWidth: 1 });
    expect(givenGrid(500, { ...given, columns: 1e9, padding: 1e9 }, height)).toMatchObject({
      columns: 5,
      gap: 64,
    });
    expect(givenGrid(500, { ...given, columns: -3, padding: -1 }, height)).toMatchObject({
      columns: 1,
      gap: 0,
    });
  });
});
