import { expect, test } from "vitest";
import { f1, pointAtThreshold, thresholdRange } from "./prCurves";

const curve = { thresholds: [0.1, 0.5, 0.9], precision: [0.5, 0.75, 1], recall: [1, 0.75, 0.25] };

test("at a threshold counts what is predicted with at least it", () => {
  expect([0, 0.1, 0.2, 0.5, 0.9, 1].map((threshold) => pointAtThreshold(curve, threshold))).toEqual([
    0, 0, 1, 1, 2, -1,
  ]);
});

test("thresholds go from the smallest to the largest of all curves", () => {
  expect(thresholdRange([curve, { ...curve, thresholds: [-2, 0.3] }])).toEqual([-2, 0.9]);
  expect(thresholdRange([])).toBeNull();
});

test("F1 is the harmonic mean", () => {
  expect(f1(curve, 1)).toBe(0.75);
  expect(f1({ ...curve, precision: [0], recall: [0] }, 0)).toBe(0);
});
