import { expect, test } from "vitest";
import { nearestLine, nearestPoint } from "./lineHits";

const HEIGHTS = Float64Array.from([0, 100, 0, 100, 0, 100, 50, 50, 50]);

test("the line nearest to the pointer is found between and beside axes", () => {
  const at = (x: number, y: number) => nearestLine([0, 100, 200], HEIGHTS, { x, y });
  expect(at(25, 26)).toBe(0);
  expect(at(25, 74)).toBe(1);
  expect(at(150, 30)).toBe(-1);
  expect(at(190, 52)).toBe(2);
  expect(at(205, 0)).toBe(0);
  expect(at(220, 0)).toBe(-1);
});

test("steep lines are met beside them, and one axis is enough", () => {
  expect(nearestLine([0, 10], Float64Array.from([0, 1000]), { x: 9, y: 500 })).toBe(0);
  expect(nearestLine([50], Float64Array.from([10, 90]), { x: 52, y: 88 })).toBe(1);
  expect(nearestLine([], new Float64Array(), { x: 0, y: 0 })).toBe(-1);
});

test("large points are met at their edge", () => {
  const places = Float64Array.from([0, 0, 40, 0]);
  expect(nearestPoint(places, Float64Array.from([3, 20]), { x: 25, y: 0 })).toBe(1);
  expect(nearestPoint(places, Float64Array.from([3, 3]), { x: 20, y: 0 })).toBe(-1);
});
