import { describe, expect, test } from "vitest";
import { toUpright } from "./orientation";
import {
  distinctValues,
  edgesOf,
  isInside,
  nearestOf,
  painted,
  pathBeside,
  pointOf,
  storedTransform,
  transformed,
  valueAt,
} from "./overlays";

describe("the transform from stored pixels to the canvas", () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])("is that of points, for orientation %i", (orientation) => {
    const stored = { width: 40, height: 30, orientation };
    const placement = { scale: 2.5, left: -7, top: 11 };
    const transform = storedTransform(stored, placement, 2);
    for (const point of [
      { x: 0, y: 0 },
      { x: 40, y: 30 },
      { x: 3.5, y: 21 },
    ]) {
      const upright = toUpright(stored, point);
      const { x, y } = transformed(transform, point);
      expect(x).toBeCloseTo((upright.x * 2.5 - 7) * 2);
      expect(y).toBeCloseTo((upright.y * 2.5 + 11) * 2);
    }
  });
});

test("a point with null or NaN in it is nowhere, and so are the edges to it", () => {
  expect(pointOf([1, 2])).toEqual({ x: 1, y: 2 });
  for (const given of [null, undefined, [null, 1], [1, NaN], [Infinity, 1]] as const)
    expect(pointOf(given)).toBe(null);
  const points = [[0, 0], null, [5, 5]] as const;
  expect(
    edgesOf(points, [
      [0, 1],
      [0, 2],
      [2, 9],
      [-1, 0],
    ]),
  ).toEqual([
    [
      { x: 0, y: 0 },
      { x: 5, y: 5 },
    ],
  ]);
});

test("a point is inside a polygon by the even-odd rule, and never inside of fewer than three points", () => {
  const notched = [
    [0, 0],
    [10, 0],
    [10, 10],
    [5, 5],
    [0, 10],
  ].map(([x, y]) => ({ x: x!, y: y! }));
  expect(isInside(notched, { x: 2, y: 2 })).toBe(true);
  expect(isInside(notched, { x: 5, y: 8 })).toBe(false);
  expect(isInside(notched, { x: 11, y: 2 })).toBe(false);
  expect(isInside(notched.slice(0, 2), { x: 5, y: 0 })).toBe(false);
  expect(isInside([], { x: 0, y: 0 })).toBe(false);
});

test("the nearest point within reach is found", () => {
  const points = [[0, 0], null, [4, 0]] as const;
  expect(nearestOf(points, { x: 3, y: 0 }, 2)).toBe(2);
  expect(nearestOf(points, { x: 2, y: 5 }, 2)).toBe(-1);
});

describe("a mask", () => {
  const mask = { width: 3, height: 2, values: new Uint8Array([0, 1, 2, 2, 2, 9]) };

  test("has a value at each point inside", () => {
    expect(valueAt(mask, { x: 2.9, y: 1.2 })).toBe(9);
    expect(valueAt(mask, { x: 3, y: 0 })).toBe(null);
    expect(valueAt(mask, { x: -0.1, y: 0 })).toBe(null);
    expect(distinctValues(mask)).toEqual([0, 1, 2, 9]);
  });

  test("is painted in the colours of its values, of a large one single pixels", () => {
    const red = (value: number) => (value === 0 ? null : ([value, 0, 0] as const));
    const whole = painted(mask, red);
    expect([...whole.pixels.filter((_, at) => at % 4 === 0)]).toEqual([0, 1, 2, 2, 2, 9]);
    expect([...whole.pixels.filter((_, at) => at % 4 === 3)]).toEqual([0, 255, 255, 255, 255, 255]);
    const wide = { width: 1000, height: 10, values: new Uint16Array(10_000).fill(300) };
    const small = painted(wide, () => [1, 2, 3], 100);
    expect([small.width, small.height]).toEqual([100, 1]);
    expect([...small.pixels.subarray(0, 4)]).toEqual([1, 2, 3, 255]);
  });
});

test.each([
  ["0001/street.json", "street.mask.png", "0001/street.mask.png"],
  ["0001/a/street.json", "../masks/./street.png", "0001/masks/street.png"],
  ["street.json", "street.mask.png", "street.mask.png"],
  ["0001/street.json", "../../../etc/passwd", null],
  ["0001/street.json", "/etc/passwd", null],
  ["0001/street.json", "", null],
  ["0001/street.json", "..", null],
  ["0001/street.json", "../.hidden/a.png", null],
])("beside %s, %s is %s", (file, named, path) => {
  expect(pathBeside(file, named)).toBe(path);
});
