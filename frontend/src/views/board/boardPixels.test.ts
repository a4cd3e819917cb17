import { expect, test } from "vitest";
import { cellsIn, GAP, layBoard, ROW } from "./boardPixels";

const WIDTH = 12 * 80 + 11 * GAP;
const place = (column: number, row: number, width: number, height: number) => ({
  column,
  row,
  width,
  height,
});
const section = (title: string, folded = false) => ({
  name: title,
  title,
  folded,
  panels: [`${title} left`, `${title} right`],
  places: [place(0, 0, 6, 2), place(6, 0, 6, 4)],
});
const boxesOf = (sections: Parameters<typeof layBoard<string>>[0], width: number) =>
  layBoard(sections, width, (panel) => panel).parts.map(({ key, left, top, width: wide, height }) => [
    ...[key, left, top, wide, height],
  ]);

test("sections stand below each other, and a folded one is its head", () => {
  expect(boxesOf([section(""), section("b", true), section("c")], WIDTH)).toEqual([
    ["panel  left", 0, 12, 6 * 80 + 5 * GAP, 2 * ROW + GAP],
    ["panel  right", 6 * (80 + GAP), 12, 6 * 80 + 5 * GAP, 4 * ROW + 3 * GAP],
    ["head b", 0, 304, WIDTH, 36],
    ["head c", 0, 340, WIDTH, 36],
    ["panel c left", 0, 376, 6 * 80 + 5 * GAP, 2 * ROW + GAP],
    ["panel c right", 6 * (80 + GAP), 376, 6 * 80 + 5 * GAP, 4 * ROW + 3 * GAP],
  ]);
});

test("on a phone panels stand one below the other, in reading order", () => {
  const turned = { ...section(""), places: [place(6, 0, 6, 2), place(0, 0, 6, 4)] };
  expect(boxesOf([turned], 360)).toEqual([
    ["panel  left", 0, 12 + 4 * (ROW + GAP), 360, 3 * (ROW + GAP) - GAP],
    ["panel  right", 0, 12, 360, 4 * (ROW + GAP) - GAP],
  ]);
});

test("what is dragged goes from cell to cell", () => {
  expect(cellsIn(91, -71, WIDTH)).toEqual({ columns: 1, rows: -1 });
  expect(cellsIn(40, 30, WIDTH)).toEqual({ columns: 0, rows: 0 });
});
