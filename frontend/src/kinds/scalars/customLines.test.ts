import { expect, test } from "vitest";
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
});
