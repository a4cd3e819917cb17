import { expect, test } from "vitest";
import {
  crosshairAt,
  emphasisOf,
  nearestOf,
  pointsAt,
  pointsUpTo,
  sortPoints,
  type HoverOrder,
} from "./hover";
import type { Line, Scale } from "./lines";

const line = (name: string, y: number[], more: Partial<Line> = {}): Line => ({
  name,
  colour: "#000",
  x: Float64Array.from(y.keys()),
  y: Float64Array.from(y),
  smoothed: null,
  length: y.length,
  origin: 0,
  segments: [],
  sorted: true,
  ...more,
});

const x: Scale = { range: [0, 10], log: false, from: 0, to: 100 };
const y: Scale = { range: [0, 10], log: false, from: 100, to: 0 };
const at = (lines: Line[], place: { x: number; y: number }) => pointsAt(lines, { x, y }, place, place.x / 10);

test("each line says its value next to the crosshair", () => {
  const points = at([line("a", [1, 2, 3]), line("b", [9, 8]), line("none", [])], { x: 21, y: 70 });
  expect(points.map(({ line: { name }, x: at, value }) => [name, at, value])).toEqual([
    ["a", 2, 3],
    ["b", 1, 8],
  ]);
  expect(points[1]!.aside).toBeCloseTo(11);
});

test("the line that is meant is the nearest in height, if one is near enough", () => {
  const points = at([line("a", [1, 2, 3]), line("b", [9, 8, 7])], { x: 20, y: 35 });
  expect(nearestOf(points)!.line.name).toBe("b");
  expect(nearestOf(points, 4)).toBeNull();
});

test("a line that ended before the place, or begins behind it, is as far away as its end", () => {
  const newest = line("newest", [1, 1], { x: Float64Array.of(8.5, 9.5) });
  const points = at([line("ended", [1, 2]), newest], { x: 96, y: 80 });
  expect(points.map(({ distance }) => Math.round(distance))).toEqual([86, 10]);
  expect(nearestOf(points, 48)!.line).toBe(newest);
  // Beyond the end by a pixel it is still the one that is meant.
  expect(at([newest], { x: 96, y: 90 })[0]!.distance).toBeCloseTo(1);
});

test("what is drawn counts, not the raw value behind it", () => {
  const smoothed = line("a", [0, 0], { smoothed: Float64Array.of(5, 5) });
  const [point] = at([smoothed], { x: 0, y: 50 });
  expect([point!.value, point!.shown, point!.distance]).toEqual([0, 5, 0]);
});

test("at one x each line says what it has there, or had last before", () => {
  const lines = [line("a", [1, 2, 3]), line("b", [9, 8]), line("late", [5], { x: Float64Array.of(7) })];
  const points = pointsUpTo(lines, { x, y }, { x: 23, y: 70 }, 2);
  expect(points.map(({ line: { name }, x: at, value, isHere }) => [name, at, value, isHere])).toEqual([
    ["a", 2, 3, true],
    ["b", 1, 8, false],
  ]);
});

test("the crosshair stands at the point meant, else where any line has one", () => {
  const points = at([line("a", [1, 2, 3]), line("b", [9], { x: Float64Array.of(2.2) })], { x: 23, y: 70 });
  expect(crosshairAt(points, points[0]!)).toBe(2);
  expect(crosshairAt(points, null)).toBe(2.2);
  expect(crosshairAt([], null)).toBeNull();
});

test("values are sorted by size, by nearness or by name; NaN last", () => {
  const points = at([line("low", [1]), line("nan", [NaN]), line("high", [9]), line("inf", [Infinity])], {
    x: 0,
    y: 90,
  });
  const names = (order: HoverOrder) => sortPoints(points, order).map((point) => point.line.name);
  expect(names("largest")).toEqual(["inf", "high", "low", "nan"]);
  expect(names("smallest")).toEqual(["low", "high", "inf", "nan"]);
  expect(names("name")).toEqual(["high", "inf", "low", "nan"]);
  expect(names("nearness")).toEqual(["low", "high", "inf", "nan"]);
});

test("where x does not grow along the line, the nearest place counts", () => {
  const loop = line("loop", [1, 9], { x: Float64Array.of(5, 5), sorted: false });
  const [point] = at([loop], { x: 53, y: 14 });
  expect([point!.index, point!.distance]).toEqual([1, 5]);
});

test("the line that is meant stands out, and a dot on each that has a number", () => {
  const points = at([line("a", [1, 2, 3]), line("b", [9, 8, NaN])], { x: 20, y: 70 });
  const [meant] = points;
  const { line: shown, dots } = emphasisOf({ points, nearest: meant! });
  expect(shown?.name).toBe("a");
  expect(dots).toEqual([{ x: 2, y: 3, colour: "#000", large: true }]);
});

test("a line alone does not stand out of anything", () => {
  const points = at([line("a", [1, 2, 3])], { x: 20, y: 70 });
  expect(emphasisOf({ points, nearest: points[0]! }).line).toBeNull();
});

test("of many lines only the one that is meant has a dot", () => {
  const points = at(
    Array.from({ length: 61 }, (_, place) => line(`${place}`, [place / 10])),
    { x: 0, y: 100 },
  );
  expect(emphasisOf({ points, nearest: points[1]! }).dots).toMatchObject([{ y: 0.1, large: true }]);
  expect(emphasisOf({ points, nearest: null }).dots).toEqual([]);
});
