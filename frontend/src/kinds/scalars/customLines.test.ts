import { expect, test } from "vitest";
import type { ChartDetails } from "./customCharts";
import { looksOf } from "./customLines";

const parts = ["loss", "val/loss"].map((label) => ({ label, isExpression: false }));
const colourAt = (place: number) => `colour ${place}`;

test("of several experiments labels differ in dashes, of one in colour", () => {
  const several = looksOf(parts, { right: ["val/loss"] }, { isAlone: false, colourAt });
  expect(several.map(({ colour }) => colour)).toEqual([null, null]);
  expect(several[0]!.dash).toEqual([]);
  expect(several[1]!.dash).not.toEqual([]);
  expect(several.map(({ isRight }) => isRight)).toEqual([false, true]);
  const one = looksOf(parts, { right: [] }, { isAlone: true, colourAt });
  expect(one.map(({ colour, dash }) => [colour, dash])).toEqual([
    ["colour 0", []],
    ["colour 1", []],
  ]);
  const single = looksOf(parts.slice(0, 1), { right: [] }, { isAlone: true, colourAt });
  expect(single.map(({ colour }) => colour)).toEqual([null]);
});

test("what a style says of a label decides, the first that says something", () => {
  const details = {
    styles: [{ label: "val/.*", width: 3 }, { width: 1, dash: [2, 2] }, { colour: "red" }],
    scattered: true,
  } as unknown as ChartDetails;
  const looks = looksOf(parts, { right: [], details }, { isAlone: false, colourAt });
  expect(looks.map(({ width, dash, colour, scattered }) => [width, dash, colour, scattered])).toEqual([
    [1, [2, 2], "red", true],
    [3, [2, 2], "red", true],
  ]);
});
