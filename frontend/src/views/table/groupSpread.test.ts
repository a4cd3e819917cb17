import { expect, test } from "vitest";
import { bandOf, spreadOf, student95 } from "./groupSpread";

test("a spread is what NumPy says of the finite numbers", () => {
  const spread = spreadOf([0.606, 0.7125, null, 0.55, NaN, 0.91, 1e-3, "words", Infinity, true]);
  expect(spread?.n).toBe(5);
  expect(spread?.mean).toBeCloseTo(0.5559, 14);
  expect(spread?.deviation).toBeCloseTo(0.33925256078620836, 14);
  expect(spread?.median).toBe(0.606);
  expect(spread?.quartiles).toEqual([0.55, 0.7125]);
  expect([spread?.minimum, spread?.maximum]).toEqual([1e-3, 0.91]);
});

test("quartiles and the median lie between numbers, as NumPy's", () => {
  const spread = spreadOf([3, 1, 2, 10]);
  expect(spread?.median).toBe(2.5);
  expect(spread?.quartiles).toEqual([1.75, 4.75]);
});

test("one number has no deviation and no band, none no spread", () => {
  const one = spreadOf([2])!;
  expect(one.deviation).toBeNull();
  expect(bandOf(one, "mean", "interval")).toBeNull();
  expect(spreadOf([null, NaN])).toBeNull();
});

test("small differences of large numbers are not lost", () => {
  expect(spreadOf([1e9 + 1, 1e9 + 2, 1e9 + 3])?.deviation).toBeCloseTo(1, 12);
});

test.each([
  [1, 12.706204736174694],
  [2, 4.302652729749462],
  [3, 3.1824463052837078],
  [4, 2.7764451051977934],
  [9, 2.262157162798205],
  [10, 2.228138851986274],
  [99, 1.9842169515864174],
  [999, 1.9623414611334493],
])("Student's t of %d degrees is %d, as SciPy has it", (degrees, t) => {
  expect(student95(degrees) / t).toBeCloseTo(1, 12);
});

test("bands are around the average that was asked for", () => {
  const spread = spreadOf([3, 1, 2, 10])!;
  expect(bandOf(spread, "mean", "range")).toEqual([1, 10]);
  expect(bandOf(spread, "median", "quartiles")).toEqual([1.75, 4.75]);
  expect(bandOf(spread, "mean", "none")).toBeNull();
  const [low, high] = bandOf(spread, "mean", "error")!;
  expect((low + high) / 2).toBe(4);
  expect(high - 4).toBeCloseTo(4.08248290463863 / 2, 13);
  expect(bandOf(spread, "mean", "interval")![1]).toBeCloseTo(
    4 + (3.1824463052837078 * 4.08248290463863) / 2,
    12,
  );
});
