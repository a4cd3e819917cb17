import { expect, test } from "vitest";
import { accuracy, normalised } from "./confusion";

const COUNTS = [
  [3, 1],
  [0, 0],
];

test("rows are normalised to shares of what is of a class", () => {
  expect(normalised(COUNTS, "rows")).toEqual([
    [0.75, 0.25],
    [0, 0],
  ]);
});

test("columns are normalised to shares of what was taken for a class", () => {
  expect(normalised(COUNTS, "columns")).toEqual([
    [1, 1],
    [0, 0],
  ]);
});

test("counts stay as they are", () => {
  expect(normalised(COUNTS, "counts")).toEqual(COUNTS);
});

test("accuracy is the share on the diagonal", () => {
  expect(accuracy(COUNTS)).toBe(0.75);
  expect(accuracy([[0]])).toBeNull();
});
