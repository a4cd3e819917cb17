import { expect, test } from "vitest";
import { rampColour } from "../../lib/colourScale";
import { rowColoursOf } from "./rowColours.svelte";

const rowsOf = (...values: (number | null)[]) =>
  values.map((value, place) => ({ id: `run-${place}`, cells: [value], shown: true }));
const usual = Array.from({ length: 20 }, (_, place) => 0.6 + place / 100);

test("runs that diverged do not give all others one colour, and have that of the last", () => {
  const rows = rowsOf(...usual, 170, 1000, null, NaN);
  const { of, ramp } = rowColoursOf(rows, 0);
  expect([ramp?.low, ramp?.high]).toEqual(["0.6", "≥ 0.79"]);
  expect(of(rows[0]!)).toBe(rampColour(0, "light"));
  expect(of(rows[19]!)).toBe(rampColour(1, "light"));
  expect([of(rows[20]!), of(rows[21]!)]).toEqual([rampColour(1, "light"), rampColour(1, "light")]);
  expect(of(rows[22]!)).toBe(of(rows[23]!));
});

test("numbers over decades are all usual", () => {
  const { ramp } = rowColoursOf(rowsOf(0.0001, 0.001, 0.01, 0.1), 0);
  expect([ramp?.low, ramp?.high, ramp?.log]).toEqual(["0.0001", "0.1", true]);
});
