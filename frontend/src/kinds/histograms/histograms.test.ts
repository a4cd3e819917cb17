import { expect, test } from "vitest";
import { binOf, densitiesOf, extentOfValues, momentsOf, percentilesOf } from "./histograms";

const even = { edges: [0, 1, 2, 3, 4], counts: [1, 1, 1, 1], min: 0, max: 4 };

test("percentiles lie where values evenly spread in their bins would", () => {
  expect(percentilesOf(even)).toEqual([0, 0.2, 1, 2, 3, 3.8, 4]);
});

test("percentiles never lie outside of the smallest and largest value", () => {
  const narrow = { edges: [0, 10], counts: [5], min: 4, max: 6 };
  expect(percentilesOf(narrow, [0, 50, 100])).toEqual([4, 5, 6]);
});

test("empty bins have no percentile", () => {
  const gap = { edges: [0, 1, 2, 3], counts: [1, 0, 1], min: null, max: null };
  expect(percentilesOf(gap, [0, 50, 75])).toEqual([0, 1, 2.5]);
  expect(percentilesOf({ edges: [0, 1], counts: [0], min: null, max: null })).toBeNull();
});

test("without smallest and largest value the filled bins say where values lie", () => {
  const counted = { edges: [0, 1, 2, 3], counts: [0, 2, 0], min: null, max: null };
  expect(extentOfValues(counted)).toEqual([1, 2]);
});

test("densities do not depend on the width of bins", () => {
  expect(densitiesOf({ edges: [0, 1, 3], counts: [1, 2] })).toEqual([1 / 3, 1 / 3]);
  expect(densitiesOf({ edges: [1, 1, 2], counts: [1, 1] })).toEqual([0, 0.5]);
});

test("mean and deviation come from the sums", () => {
  const known = { ...even, sum: 8, sum_squares: 20, not_finite: 0 };
  expect(momentsOf(known)).toEqual({ mean: 2, deviation: 1 });
  expect(momentsOf({ ...known, sum: null })).toBeNull();
});

test("a value on an edge lies in the upper bin, on the last one in the last", () => {
  expect([0, 0.5, 1, 4, 5, NaN].map((value) => binOf(even.edges, value))).toEqual([0, 0, 1, 3, -1, -1]);
});
