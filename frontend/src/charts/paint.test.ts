// @vitest-environment jsdom
import { beforeEach, expect, test, vi } from "vitest";
import type { Line } from "./lines";
import { costOf, paintLines, type Painting } from "./paint";

interface Stroked {
  width: number;
  dy: number;
}

let stroked: Stroked[] = [];

beforeEach(() => {
  stroked = [];
  vi.stubGlobal(
    "Path2D",
    class {
      moveTo = () => undefined;
      lineTo = () => undefined;
    },
  );
});

function painting(ratio: number): Painting {
  let dy = 0;
  const context = {
    lineWidth: 1,
    globalAlpha: 1,
    stroke: () => stroked.push({ width: context.lineWidth, dy }),
    translate: (_: number, by: number) => (dy += by),
  };
  const nothing = () => undefined;
  const rest = ["save", "restore", "beginPath", "rect", "clip", "setLineDash"].map((name) => [name, nothing]);
  Object.assign(context, Object.fromEntries(rest));
  return {
    context: context as unknown as CanvasRenderingContext2D,
    x: { range: [0, 1000], log: false, from: 0, to: 400 * ratio },
    y: { range: [0, 1], log: false, from: 200, to: 0 },
    ratio,
    background: "white",
  };
}

function lines(count: number, length: number, isSmoothed: boolean): Line[] {
  return Array.from({ length: count }, () => ({
    name: "run",
    colour: "red",
    x: Float64Array.from({ length }, (_, index) => index),
    y: new Float64Array(length).fill(0.5),
    smoothed: isSmoothed ? new Float64Array(length).fill(0.4) : null,
    length,
    origin: 0,
    segments: [],
    sorted: true,
  }));
}

const stroke = (ratio: number, some: Line[]) => {
  paintLines(painting(ratio), some, "all");
  return stroked;
};

test("few points are drawn with lines of their width", () => {
  expect(stroke(1, lines(1, 400, true))).toEqual([
    { width: 1, dy: 0 },
    { width: 1.5, dy: 0 },
  ]);
});

test("a smoothed line beside many is two thin ones, half a pixel higher and lower together", () => {
  const all = stroke(1, lines(30, 400, true));
  expect(all).toHaveLength(90);
  expect(new Set(all.map(({ width }) => width))).toEqual(new Set([1]));
  expect(all.slice(30, 32).map(({ dy }) => dy)).toEqual([-0.25, 0.25]);
  expect(all.at(-1)!.dy).toBe(0.25);
});

test("what is wider than two pixels of the screen stays one line", () => {
  expect(stroke(2, lines(30, 400, true)).at(-1)).toEqual({ width: 3, dy: 0 });
});

test("a chart of thirty smoothed lines costs less than the half of what wide ones would", () => {
  const some = lines(30, 400, true);
  expect(costOf(some, 400, 1)).toBe(30 * 400 * (1 + 2));
  expect(costOf(some, 400, 2)).toBe(30 * 400 * (1 + 7));
  expect(costOf(lines(60, 400, true), 400, 1)).toBe(60 * 400 * 2);
});
