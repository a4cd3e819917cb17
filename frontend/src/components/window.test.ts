import { expect, test } from "vitest";
import { columnsIn, rowsBetween } from "./window";

test("only rows that are seen are made, and two more on either side", () => {
  expect(rowsBetween(0, 300, 30, 10_000)).toEqual({ first: 0, end: 12 });
  expect(rowsBetween(3000, 3300, 30, 10_000)).toEqual({ first: 98, end: 112 });
  expect(rowsBetween(299_900, 300_200, 30, 10_000)).toEqual({ first: 9994, end: 10_000 });
});

test("a list out of sight has no rows", () => {
  expect(rowsBetween(-500, -100, 30, 10)).toEqual({ first: 0, end: 0 });
  expect(rowsBetween(300, 900, 30, 10)).toEqual({ first: 0, end: 0 });
  expect(rowsBetween(0, 300, 30, 0)).toEqual({ first: 0, end: 0 });
});

test("columns share the width with their gaps", () => {
  expect(columnsIn(1000, 320, 12)).toBe(3);
  expect(columnsIn(983, 320, 12)).toBe(2);
  expect(columnsIn(200, 320, 12)).toBe(1);
});
