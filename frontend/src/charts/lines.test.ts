import { expect, test } from "vitest";
import {
  countNotPositive,
  lastUpTo,
  nearestByPlace,
  nearestByX,
  projection,
  trace,
  valueAt,
  visibleChunks,
  type Line,
  type Scale,
} from "./lines";
import { MarkCollector } from "./marks";

function line(x: number[], y: number[], more: Partial<Line> = {}): Line {
  return {
    name: "run",
    colour: "#000",
    x: Float64Array.from(x),
    y: Float64Array.from(y),
    smoothed: null,
    length: x.length,
    origin: 0,
    segments: [],
    sorted: true,
    ...more,
  };
}

/** One value is ten positions; y grows upwards, positions downwards. */
const scale = (min: number, max: number, up = false): Scale => ({
  range: [min, max],
  log: false,
  from: up ? (max - min) * 10 : 0,
  to: up ? 0 : (max - min) * 10,
});

function drawn(
  subject: Line,
  x = scale(0, 10),
  y = scale(0, 10, true),
  edges: "all" | "infinite" = "all",
  part: "current" | "superseded" = "current",
) {
  const strokes: number[][][] = [];
  const pen = {
    moveTo: (px: number, py: number) => void strokes.push([[px, py]]),
    lineTo: (px: number, py: number) => void strokes.at(-1)!.push([px, py]),
  };
  const marks = new MarkCollector(x, y, edges);
  trace({ line: subject, values: subject.y, x, y, part }, pen, marks);
  return { strokes, marks };
}

test("a line goes through its points", () => {
  expect(drawn(line([0, 1, 2], [0, 5, 10])).strokes).toEqual([
    [
      [0, 100],
      [10, 50],
      [20, 0],
    ],
  ]);
});

test("NaN is a gap with one mark at the last number's height", () => {
  const { strokes, marks } = drawn(line([0, 1, 2, 3, 4, 5], [1, 2, NaN, NaN, 4, 5]));
  expect(strokes.map((stroke) => stroke.length)).toEqual([2, 2]);
  expect(marks.notNumbers).toEqual([{ x: 20, y: 80 }]);
});

test("a series of only NaN is marked in the middle", () => {
  expect(drawn(line([3], [NaN])).marks.notNumbers).toEqual([{ x: 30, y: 50 }]);
});

test("a point without neighbours is a dot", () => {
  expect(drawn(line([4], [4])).marks.singles).toEqual([{ x: 40, y: 60 }]);
  expect(drawn(line([1, 2, 3], [NaN, 4, NaN])).marks.singles).toEqual([{ x: 20, y: 60 }]);
});

test("a restart breaks the line and is marked", () => {
  const { strokes, marks } = drawn(line([0, 1, 2, 3, 4], [0, 1, 2, 5, 6], { segments: [3] }));
  expect(strokes.map((stroke) => stroke.length)).toEqual([3, 2]);
  expect(marks.restarts).toEqual([{ x: 30, y: 50 }]);
});

test("what was logged again after a restart is a part of its own", () => {
  const subject = line([0, 1, 2, 3, 2, 3, 1, 2], [0, 1, 2, 3, 5, 6, 7, 8], { segments: [4, 6] });
  const steps = (part: "current" | "superseded") =>
    drawn(subject, undefined, undefined, "all", part).strokes.map((stroke) => stroke.map(([x]) => x! / 10));
  expect(steps("current")).toEqual([[0], [1, 2]]);
  expect(steps("superseded")).toEqual([
    [0, 1, 2, 3],
    [2, 3],
  ]);
});

test("infinities and values left out of the range are marked at the edge, near ones once", () => {
  const subject = line([1, 1.1, 5, 8], [50, 60, Infinity, -20]);
  expect(drawn(subject).marks.upper).toEqual([
    { x: 10, y: 0 },
    { x: 50, y: 0 },
  ]);
  expect(drawn(subject).marks.lower).toEqual([{ x: 80, y: 100 }]);
  expect(drawn(subject, undefined, undefined, "infinite").marks.upper).toEqual([{ x: 50, y: 0 }]);
});

test("points outside the x range are passed over, but the line reaches the edges", () => {
  const xs = Array.from({ length: 100 }, (_, index) => index);
  const { strokes } = drawn(line(xs, xs), { range: [10, 12], log: false, from: 0, to: 20 });
  expect(strokes[0]!.map(([x]) => x)).toEqual([-10, 0, 10, 20, 30]);
});

test("points that fall on the same pixel are drawn once", () => {
  const { strokes } = drawn(line([0, 0.01, 0.02, 1], [1, 1.01, 1, 1]));
  expect(strokes[0]!.length).toBe(2);
});

test("a logarithmic axis leaves out what is not above 0", () => {
  const y: Scale = { range: [1, 100], log: true, from: 100, to: 0 };
  const { strokes } = drawn(line([0, 1, 2, 3], [1, 10, 0, 100]), undefined, y);
  expect(strokes).toEqual([
    [
      [0, 100],
      [10, 50],
    ],
    [[30, 0]],
  ]);
  expect(countNotPositive(Float64Array.of(1, 0, -1, NaN), 4)).toBe(2);
});

test("positions and values are each other's inverse", () => {
  for (const log of [false, true]) {
    const subject: Scale = { range: [2, 200], log, from: 300, to: 20 };
    expect(valueAt(subject, projection(subject)(50))).toBeCloseTo(50);
  }
});

test("relative x begins at the line's origin", () => {
  expect(drawn(line([1000, 1001], [1, 2], { origin: 1000 })).strokes[0]!.map(([x]) => x)).toEqual([0, 10]);
});

test("the visible values are those inside the x range, or those that a line through it joins", () => {
  const subject = line([0, 1, 2, 3, 1, 2], [0, 1, 2, 3, 11, 12], { segments: [4] });
  expect(visibleChunks(subject, subject.y, null).map((chunk) => [...chunk])).toEqual([[0, 1, 2, 3, 11, 12]]);
  expect(visibleChunks(subject, subject.y, [1, 2]).map((chunk) => [...chunk])).toEqual([
    [1, 2],
    [11, 12],
  ]);
  expect(
    visibleChunks(line([0, 10], [3, 4]), Float64Array.of(3, 4), [4, 5]).map((chunk) => [...chunk]),
  ).toEqual([[3, 4]]);
  const unsorted = line([5, 1, 3], [50, 10, 30], { sorted: false });
  expect(visibleChunks(unsorted, unsorted.y, [2, 6]).map((chunk) => [...chunk])).toEqual([[50, 30]]);
});

test("the nearest point by x is that of the newest branch", () => {
  const subject = line([0, 1, 2, 3, 1, 2], [0, 1, 2, 3, 11, 12], { segments: [4] });
  expect(nearestByX(subject, 1.2)).toBe(4);
  expect(nearestByX(subject, 2.9)).toBe(3);
  expect(nearestByX(line([], []), 1)).toBe(-1);
  expect(nearestByX(line([5, 1, 3], [1, 2, 3], { sorted: false }), 2.9)).toBe(2);
});

test("the nearest point by place looks at both axes", () => {
  const subject = line([1, 1, 5], [1, 9, 9]);
  const { index, distance } = nearestByPlace(subject, subject.y, scale(0, 10), scale(0, 10, true), {
    x: 13,
    y: 14,
  });
  expect(index).toBe(1);
  expect(distance).toBe(5);
});

test("at an x a line has its last point there, or the nearest earlier one, and nothing that was superseded", () => {
  const one = line([0, 2, 2, 5], [0, 1, 2, 3]);
  expect([-1, 0, 1, 2, 4, 9].map((x) => lastUpTo(one, x))).toEqual([-1, 0, 0, 2, 2, 3]);
  const restarted = line([0, 1, 2, 3, 2, 3, 4], [0, 1, 2, 3, 4, 5, 6], { segments: [4] });
  expect([1, 2, 3, 3.5].map((x) => lastUpTo(restarted, x))).toEqual([1, 4, 5, 5]);
  const late = line([1e9 + 0.1, 1e9 + 0.3], [0, 1], { origin: 1e9 });
  expect(lastUpTo(late, late.x[1]! - 1e9)).toBe(1);
  expect(lastUpTo(line([], []), 3)).toBe(-1);
});
