import { expect, test } from "vitest";
import { barLength, barRange } from "./cellBars";

test("a bar says where a value lies in its column", () => {
  const range = barRange([1, 2, 5, null, NaN, "words", Infinity]);
  expect(range).toEqual({ min: 1, max: 5 });
  expect([1, 2, 5].map((value) => barLength(value, range))).toEqual([0, 0.25, 1]);
});

test("a run that exploded leaves the bars of the others as they are", () => {
  const range = barRange([0.5, 0.6, 0.7, 0.8, 0.9, 1e6]);
  expect(range).toEqual({ min: 0.5, max: 0.9 });
  expect(barLength(1e6, range)).toBe(1);
  expect(barLength(-Infinity, range)).toBe(0);
});

test("where most values are the same the others are no outliers", () => {
  expect(barRange([1, 1, 1, 1, 1, 1, 3])).toEqual({ min: 1, max: 3 });
});

test("nothing to compare, no bars", () => {
  expect(barRange([])).toBeNull();
  expect(barRange([3, null])).toBeNull();
  expect(barRange([3, 3])).toBeNull();
  expect(barLength(3, null)).toBeNull();
  expect(barLength(null, { min: 0, max: 1 })).toBeNull();
  expect(barLength(NaN, { min: 0, max: 1 })).toBeNull();
});
