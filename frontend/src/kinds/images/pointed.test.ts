import { expect, test } from "vitest";
import { areAlike, inOther, isOverB, onStage, storedPixel, wholePixels, type StageMode } from "./pointed";
import type { Thing } from "./things";

const frame = { width: 200, height: 100 };
const at = (x: number) => ({ picture: { x: 0, y: 0 }, stage: { x, y: 50 }, frame });

test.each<[StageMode, number, boolean, boolean]>([
  ["wipe", 50, false, false],
  ["wipe", 51, false, true],
  ["wipe", 51, true, true],
  ["blink", 0, true, true],
  ["blink", 199, false, false],
  ["difference", 199, true, false],
  ["side", 199, true, false],
  ["single", 199, true, false],
])("in mode %s at x = %i, with B on turn: %s, the pointer is over B: %s", (mode, x, seesB, expected) => {
  expect(isOverB(mode, at(x), { wipe: 0.25, seesB })).toBe(expected);
});

test.each([
  [1, { x: 0, y: 0 }],
  [2, { x: 3, y: 0 }],
  [3, { x: 3, y: 1 }],
])("with orientation %i the upper left pixel is stored at %o", (orientation, expected) => {
  const size = { width: 4, height: 2 };
  const picture = { ...size, orientation };
  for (const [x, y] of [
    [0, 0],
    [0.99, 0.99],
  ] as const)
    expect(storedPixel(picture, size, { x, y })).toEqual(expected);
});

test("a turned picture has its pixels where they are stored", () => {
  const picture = { width: 2, height: 4, orientation: 6 };
  expect(storedPixel(picture, { width: 4, height: 2 }, { x: 3.5, y: 1.5 })).toEqual({ x: 1, y: 0 });
});

test.each([
  { x: -0.01, y: 0 },
  { x: 4, y: 0 },
  { x: 0, y: 2 },
])("there is no pixel beside the picture: %o", (point) => {
  expect(storedPixel({ width: 4, height: 2, orientation: 1 }, { width: 4, height: 2 }, point)).toBeNull();
});

test("pictures of different sizes are looked at as if they were of the same", () => {
  const small = { width: 10, height: 10 };
  expect(inOther({ x: 5, y: 2 }, small, { width: 40, height: 20 })).toEqual({ x: 20, y: 4 });
  expect(inOther({ x: 5, y: 2 }, small, null)).toEqual({ x: 5, y: 2 });
});

test("a point of the picture lies on the stage where the picture is drawn", () => {
  const fitted = { zoom: 1, x: 0.5, y: 0.5 };
  const picture = { width: 10, height: 10 };
  expect(onStage({ x: 5, y: 5 }, fitted, frame, picture)).toEqual({ x: 100, y: 50 });
  expect(onStage({ x: 0, y: 10 }, { ...fitted, zoom: 2 }, frame, picture)).toEqual({ x: 0, y: 150 });
});

test("only whole pixels of the screen are differed, and none outside of the stage", () => {
  const picture = { width: 8, height: 16 };
  expect(wholePixels({ zoom: 0.9, x: 0.5, y: 0.5 }, frame, picture)).toBe("inset(5px 78px 5px 78px)");
  expect(wholePixels({ zoom: 10, x: 0.5, y: 0.5 }, frame, picture)).toBe("inset(0px 0px 0px 0px)");
});

test("lists are alike that say the same of the same things", () => {
  const thing: Thing = { of: {}, className: "cat", detail: "", probability: 0.5, place: null };
  expect(areAlike([thing], [{ ...thing }])).toBe(true);
  expect(areAlike([thing], [{ ...thing, of: {} }])).toBe(false);
  expect(areAlike([thing], [{ ...thing, className: "dog" }])).toBe(false);
  expect(areAlike([thing], [])).toBe(false);
});
