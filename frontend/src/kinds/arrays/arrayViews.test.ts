import { expect, test } from "vitest";
import { finiteRange, fitted, fittedRange, indexOf, indexText } from "./arrayViews";

test("by default the last two axes are shown, at the beginning of the others", () => {
  expect(fitted([5, 4, 3], {})).toEqual({ axes: [1, 2], at: [0, 0, 0] });
  expect(fitted([5], {})).toEqual({ axes: [0], at: [0] });
  expect(fitted([], {})).toEqual({ axes: [], at: [] });
});

test("what an array of another shape has not is not taken over", () => {
  expect(fitted([5, 4], { axes: [2, 0], at: [9, 1] })).toEqual({ axes: [0, 1], at: [4, 1] });
  expect(fitted([5, 4, 3], { axes: [2, 0], at: [0, 2, 0] })).toEqual({ axes: [2, 0], at: [0, 2, 0] });
  expect(fittedRange([2, 9], 4)).toEqual([2, 4]);
  expect(fittedRange([0, 4], 4)).toBeUndefined();
  expect(fittedRange([5, 9], 4)).toBeUndefined();
});

test("the index is that of numpy", () => {
  expect(indexText([5, 4, 3], { axes: [0, 2], at: [0, 3, 0] })).toBe("[:, 3, :]");
});

test("places count along the last axis first", () => {
  expect([0, 3, 7].map((place) => indexOf(place, [2, 4]))).toEqual(["0, 0", "0, 3", "1, 3"]);
  expect(indexOf(5, [9])).toBe("5");
});

test("the range is that of finite values", () => {
  expect(finiteRange([3, NaN, -Infinity, 1])).toEqual([1, 3]);
  expect(finiteRange([NaN])).toBeNull();
});
