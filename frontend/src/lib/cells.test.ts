import { expect, test } from "vitest";
import { allEqual, bestOf, compareCells, flatten, formatCell, type Cell } from "./cells";

test("nested settings become columns with dots", () => {
  const cells = flatten({ lr: 0.1, model: { depth: 18, blocks: [2, 2] }, empty: {}, seed: null, amp: true });
  expect(Object.fromEntries(cells)).toEqual({
    lr: 0.1,
    "model.depth": 18,
    "model.blocks": "[2,2]",
    empty: "{}",
    seed: null,
    amp: true,
  });
  expect(flatten({}).size).toBe(0);
});

test("cells sort by number, then word; what is missing stays last", () => {
  const cells: Cell[] = [null, "run-10", 3, NaN, "run-2", -1];
  expect([...cells].sort((a, b) => compareCells(a, b, false))).toEqual([-1, 3, "run-2", "run-10", NaN, null]);
  expect([...cells].sort((a, b) => compareCells(a, b, true))).toEqual([3, -1, "run-10", "run-2", NaN, null]);
});

test("a column is equal only among several", () => {
  expect(allEqual([1, 1, 1])).toBe(true);
  expect(allEqual([NaN, NaN])).toBe(true);
  expect(allEqual([1, "1"])).toBe(false);
  expect(allEqual([1])).toBe(false);
});

test("cells are short in a table", () => {
  expect(formatCell(0.1 + 0.2)).toBe("0.3");
  expect(formatCell(true)).toBe("true");
  expect(formatCell(null)).toBe("");
});

test("the best of a column is that of its goal, and there is none among equals", () => {
  expect(bestOf("min", [3, null, NaN, 1, "a"])).toBe(1);
  expect(bestOf("max", [3, Infinity, 1])).toBe(Infinity);
  expect(bestOf("min", [2, NaN])).toBeNull();
  expect(bestOf("max", [2, 2])).toBeNull();
  expect(bestOf("", [1, 2])).toBeNull();
});
