import { expect, test } from "vitest";
import { extentOf, extentWithoutOutliers, padded, scaled, shifted } from "./ranges";

const chunk = (...values: number[]) => Float64Array.from(values);

test("NaN and infinities have no part in a range", () => {
  expect(extentOf([chunk(NaN, 3, Infinity), chunk(-Infinity, -1)])).toEqual([-1, 3]);
  expect(extentOf([chunk(NaN, Infinity), chunk()])).toBeNull();
});

test("a logarithmic range is that of the values above 0", () => {
  expect(extentOf([chunk(-5, 0, 0.1, 10)], true)).toEqual([0.1, 10]);
  expect(extentOf([chunk(-5, 0)], true)).toBeNull();
});

test("outliers are left out, and nothing is when there are none", () => {
  const calm = Float64Array.from({ length: 200 }, (_, index) => Math.sin(index));
  const [min, max] = extentOf([calm])!;
  expect(extentWithoutOutliers([calm])).toEqual([min, max]);
  expect(extentWithoutOutliers([calm, chunk(1000, -1000)])).toEqual([min, max]);
});

test("outliers of a logarithmic axis are judged by their logarithms", () => {
  const decades = Float64Array.from({ length: 200 }, (_, index) => 10 ** (index / 50));
  expect(extentWithoutOutliers([decades], true)).toEqual(extentOf([decades], true));
  expect(extentWithoutOutliers([decades, chunk(1e30, 0)], true)![1]).toBe(decades.at(-1));
});

test("a constant series with spikes keeps its constant", () => {
  expect(extentWithoutOutliers([new Float64Array(100).fill(2), chunk(50)])).toEqual([2, 2]);
});

test("long series are sampled, their range stays exact", () => {
  const values = Float64Array.from({ length: 100_000 }, (_, index) => index % 1000);
  expect(extentWithoutOutliers([values])).toEqual([0, 999]);
});

test("a range gets room at both ends, also one without width", () => {
  expect(padded([0, 100])).toEqual([-5, 105]);
  expect(padded([5, 5])).toEqual([4.5, 5.5]);
  expect(padded([0, 0])).toEqual([-1, 1]);
  expect(padded([7, 7.000000000000001])[1]).toBeCloseTo(7.7);
  const [min, max] = padded([1, 100], { log: true });
  expect(min).toBeCloseTo(10 ** -0.1);
  expect(max).toBeCloseTo(10 ** 2.1);
  expect(padded([-Number.MAX_VALUE, Number.MAX_VALUE])).toEqual([-Number.MAX_VALUE, Number.MAX_VALUE]);
});

test("a range is moved and scaled about a point, in logarithms where the axis is logarithmic", () => {
  expect(shifted([0, 10], 0.5)).toEqual([5, 15]);
  expect(shifted([1, 100], 0.5, true)).toEqual([10, 1000]);
  expect(scaled([0, 10], 0.5, 0)).toEqual([0, 5]);
  expect(scaled([0, 10], 2)).toEqual([-5, 15]);
  expect(scaled([1, 10_000], 0.5, 0.5, true)).toEqual([10, 1000]);
});
