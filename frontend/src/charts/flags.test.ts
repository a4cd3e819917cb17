import { expect, test } from "vitest";
import { placeFlags, type Flag } from "./flags";

const SCALES = {
  x: { range: [0, 100], log: false, from: 0, to: 200 },
  y: { range: [0, 1], log: false, from: 100, to: 0 },
} as const;

function flag(part: Partial<Flag>): Flag {
  return {
    id: "a",
    x: 0,
    end: null,
    y: null,
    colour: "red",
    initial: "A",
    text: "",
    about: () => "",
    ...part,
  };
}

test("a place is a line, a range a band as far as it is in sight, a point a dot", () => {
  const { lines, bands, dots, heads } = placeFlags(
    [
      flag({ id: "place", x: 10 }),
      flag({ id: "range", x: -20, end: 40 }),
      flag({ id: "point", x: 80, y: 0.25 }),
      flag({ id: "above", x: 81, y: 7 }),
    ],
    SCALES,
  );
  expect(lines.map(({ id, left }) => [id, left])).toEqual([
    ["place", 20],
    ["point", 160],
    ["above", 162],
  ]);
  expect(bands).toEqual([{ id: "range", left: 0, width: 80, colour: "red" }]);
  expect(dots).toEqual([{ id: "point", left: 160, top: 75, colour: "red" }]);
  expect(heads.map(({ left, flags }) => [left, flags.map(({ id }) => id)])).toEqual([
    [0, ["range"]],
    [20, ["place"]],
    [160, ["point", "above"]],
  ]);
});

test("what is out of sight, or has no place on the axis, is not there", () => {
  const flags = [flag({ x: 101 }), flag({ x: -1 }), flag({ x: -9, end: -2 }), flag({ x: NaN })];
  expect(placeFlags(flags, SCALES)).toEqual({ lines: [], bands: [], dots: [], heads: [] });
  const log = { ...SCALES, x: { range: [1, 100], log: true, from: 0, to: 200 } as const };
  expect(placeFlags([flag({ x: 0 }), flag({ x: 10 })], log).heads).toHaveLength(1);
});

test("many at one place are gathered under one head", () => {
  const flags = Array.from({ length: 1000 }, (_, index) =>
    flag({ id: String(index), x: 50 + (index % 3), colour: index % 2 ? "red" : "blue" }),
  );
  const { lines, heads } = placeFlags(flags, SCALES);
  expect(lines).toHaveLength(6);
  expect(heads).toHaveLength(1);
  expect(heads[0]).toMatchObject({ left: 100, colour: null });
  expect(heads[0]!.flags).toHaveLength(1000);
});
