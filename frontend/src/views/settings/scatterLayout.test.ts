import { expect, test } from "vitest";
import { scaleOf } from "./scales";
import { scatterPlaces, type ScatterEntry } from "./scatterLayout";

const SIZE = { width: 400, height: 300 };
const placed = (entries: readonly Partial<ScatterEntry>[]) => {
  const all = entries.map((entry, index) => ({ id: `${index}`, x: 0, y: 0, size: null, ...entry }));
  return scatterPlaces(all, { x: scaleOf(all.map(({ x }) => x)), y: scaleOf(all.map(({ y }) => y)) }, SIZE);
};

test("numbers span the frame", () => {
  const { frame, places } = placed([
    { x: 0, y: 10 },
    { x: 2, y: 20 },
  ]);
  expect([...places]).toEqual([frame.left + 16, frame.bottom - 16, frame.right - 16, frame.top + 16]);
  expect([frame.missingX, frame.missingY]).toEqual([null, null]);
});

test("what has no value stands beside the frame", () => {
  const { frame, places } = placed([{ x: null, y: NaN }, { x: 1, y: 1 }, {}]);
  expect(places[0]).toBe(frame.missingX);
  expect(places[1]).toBe(frame.missingY);
  expect(frame.missingX).toBeLessThan(frame.left);
  expect(frame.missingY).toBeGreaterThan(frame.bottom);
});

test("those of a category are apart, near it, and stay where they are", () => {
  const entries = Array.from({ length: 40 }, (_, place) => ({ x: place % 2 ? "a" : "b", y: 1 }));
  const { frame, places } = placed(entries);
  const xs = Array.from(places).filter((_, place) => place % 2 === 0);
  expect(new Set(xs).size).toBeGreaterThan(30);
  const middle = (frame.left + frame.right) / 2;
  expect(xs.every((x, place) => (place % 2 ? x < middle : x > middle))).toBe(true);
  expect([...placed(entries).places]).toEqual([...places]);
});

test("sizes are areas", () => {
  const { radii } = placed([{ size: 0 }, { size: 0.5 }, { size: 1 }, { size: null }]);
  expect([radii[0], radii[2], radii[3]]).toEqual([3, 13, 2]);
  expect(radii[1]! ** 2).toBeCloseTo((9 + 169) / 2);
  expect([...placed([{}, {}]).radii]).toEqual([5, 5]);
});
