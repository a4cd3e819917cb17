import { expect, test } from "vitest";
import { extentOf, extentWithoutOutliers, padded, scaled, shifted, usualExtent } from "./ranges";

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

/** A loss that falls from `first` to `last`. */
const falling = (first: number, last: number, count = 500) =>
  Float64Array.from({ length: count }, (_, step) => last + (first - last) * Math.exp((-20 * step) / count));
const exploding = (count = 500) =>
  Float64Array.from({ length: count }, (_, step) => (step < 300 ? 1 : Math.exp((step - 300) / 20)));

test("three exploding lines of 30 do not decide the range of the others", () => {
  const usual = Array.from({ length: 27 }, (_, index) => [falling(3, 0.4 + index / 100)]);
  const lines = [...usual, ...Array.from({ length: 3 }, () => [exploding()])];
  expect(usualExtent(lines, { onlyIfWorth: true })).toEqual(extentOf(usual.flat()));
  const [low, high] = usualExtent(lines)!;
  expect([low, high <= 3]).toEqual([extentOf(usual.flat())![0], true]);
});

test("where more than a quarter of the lines are far away, none is an exception", () => {
  const lines = [[falling(3, 1)], [falling(3, 1)], [exploding()], [exploding()]];
  expect(usualExtent(lines, { onlyIfWorth: true })![1]).toBeGreaterThan(1000);
});

test("lines of settings that lie apart are all shown", () => {
  const rates = [1e-4, 1e-3, 3e-3, 1e-2, 3e-2];
  const lines = Array.from({ length: 30 }, (_, run) => [falling(rates[run % 5]!, 0)]);
  expect(usualExtent(lines, { onlyIfWorth: true })![1]).toBe(0.03);
});

test("single values far away are left out, of one line as of many", () => {
  const wave = Float64Array.from({ length: 200 }, (_, step) => (step === 50 ? 1e6 : Math.sin(step)));
  const [low, high] = usualExtent([[wave]], { onlyIfWorth: true })!;
  expect([low > -1.001, high < 1.001]).toEqual([true, true]);
});

test("what a line begins with is shown as long as the rest can be read", () => {
  expect(usualExtent([[falling(3, 0.5)]], { onlyIfWorth: true })![1]).toBeLessThanOrEqual(3);
  expect(
    usualExtent([[Float64Array.of(1e4, ...falling(3, 0.5))]], { onlyIfWorth: true })![1],
  ).toBeLessThanOrEqual(3);
});

test("all is shown where little would be won, and where nothing can be", () => {
  const chunks = [[Float64Array.from({ length: 100 }, (_, step) => (step === 50 ? 2 : step / 100))]];
  expect(usualExtent(chunks, { onlyIfWorth: true })).toEqual([0, 2]);
  expect(usualExtent([[chunk(NaN)], []], { onlyIfWorth: true })).toBeNull();
  expect(usualExtent([[chunk(1, 10, 100, 1000)]], { log: true, onlyIfWorth: true })).toEqual([1, 1000]);
});
