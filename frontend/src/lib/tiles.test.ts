import { expect, test } from "vitest";
import { gridHeight, tileGrid, tilePosition, tilesBetween } from "./tiles";

const square = (width: number) => width;

test("columns fill the width", () => {
  const grid = tileGrid(10, 1000, 190, 10, square);
  expect(grid).toMatchObject({ columns: 5, tileWidth: 192, tileHeight: 192 });
});

test("there is a column even where none fits", () => {
  expect(tileGrid(3, 120, 400, 10, square)).toMatchObject({ columns: 1, tileWidth: 120 });
});

test("ten thousand tiles are as high as their rows, and the last one ends there", () => {
  const grid = tileGrid(10_001, 1000, 190, 10, square);
  expect(gridHeight(grid)).toBe(2001 * 202 - 10);
  expect(tilePosition(grid, 10_000)).toEqual({ left: 0, top: 2000 * 202 });
});

test("only rows in sight are made", () => {
  const grid = tileGrid(100, 1000, 190, 10, square);
  expect(tilesBetween(grid, 202 * 3 + 5, 202 * 4 + 1)).toEqual([15, 25]);
});

test("nothing is made above the first and below the last row, or of an empty grid", () => {
  const grid = tileGrid(12, 1000, 190, 10, square);
  expect(tilesBetween(grid, -500, 100_000)).toEqual([0, 12]);
  expect(tilesBetween(grid, -900, -500)).toEqual([0, 0]);
  expect(tilesBetween(grid, 5000, 6000)).toEqual([12, 12]);
  expect(gridHeight(tileGrid(0, 1000, 190, 10, square))).toBe(0);
});
