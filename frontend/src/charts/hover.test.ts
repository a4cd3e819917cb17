import { expect, test } from "vitest";
import { nearestOf, pointsAt, sortPoints } from "./hover";
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

test("what is drawn counts, not the raw value behind it", () => {
  const smoothed = line("a", [0, 0], { smoothed: Float64Array.of(5, 5) });
  const [point] = at([smoothed], { x: 0, y: 50 });
  expect([point!.value, point!.shown, point!.distance]).toEqual([0, 5, 0]);
});

test("values are sorted by size or by nearness, NaN last", () => {
  const points = at([line("low", [1]), line("nan", [NaN]), line("high", [9]), line("inf", [Infinity])], {
    x: 0,
    y: 90,
  });
  const names = (order: "value" | "nearness") => sortPoints(points, order).map((point) => point.line.name);
  expect(names("value")).toEqual(["inf", "high", "low", "nan"]);
  expect(names("nearness")).toEqual(["low", "high", "inf", "nan"]);
});

test("where x does not grow along the line, the nearest place counts", () => {
  const loop = line("loop", [1, 9], { x: Float64Array.of(5, 5), sorted: false });
  const [point] = at([loop], { x: 53, y: 14 });
  expect([point!.index, point!.distance]).toEqual([1, 5]);
});
