import { expect, test } from "vitest";
import { showable, xRangeOf, yRangeOf } from "./lineRanges";
import type { Line } from "./lines";

const line = (x: number[], y: number[], origin = 0): Line => ({
  name: "run",
  colour: "#000",
  x: Float64Array.from(x),
  y: Float64Array.from(y),
  smoothed: null,
  length: x.length,
  origin,
  segments: [],
  sorted: true,
});

test("the x axis shows all lines, from where each begins to count", () => {
  const [min, max] = xRangeOf([line([0, 50], [1, 1]), line([1000, 1100], [1, 1], 1000)], false);
  expect([min, max]).toEqual([-1.5, 101.5]);
});

test("a logarithmic x axis begins with the smallest x above 0", () => {
  const [min, max] = xRangeOf([line([0, 0.1, 100], [1, 1, 1])], true);
  expect(min).toBeGreaterThan(0.09);
  expect(min).toBeLessThan(0.1);
  expect(max).toBeGreaterThan(100);
});

test("the y axis shows what lies in the shown part of x", () => {
  const lines = [line([0, 1, 2, 3], [0, 10, 20, 1000])];
  expect(yRangeOf(lines, [0.5, 2.5], { log: false, withoutOutliers: false })).toEqual([9.5, 20.5]);
});

test("a chart without anything to show has axes all the same", () => {
  const nothing = { log: false, withoutOutliers: false };
  expect(xRangeOf([], false)).toEqual([0, 1]);
  expect(xRangeOf([line([0], [1])], true)).toEqual([1, 10]);
  expect(yRangeOf([line([0], [NaN])], null, nothing)).toEqual([0, 1]);
  expect(yRangeOf([line([0], [-1])], null, { ...nothing, log: true })).toEqual([1, 10]);
});

test("a range from an address is shown only as far as the axis can", () => {
  expect(showable([1, 2], false)).toEqual([1, 2]);
  expect(showable([2, 1], false)).toBeNull();
  expect(showable([NaN, 1], false)).toBeNull();
  expect(showable(undefined, false)).toBeNull();
  expect(showable([-5, -1], true)).toBeNull();
  expect(showable([-5, 10], true)![0]).toBeGreaterThan(0);
});
