import { expect, test } from "vitest";
import { shareOfTable } from "./shares";

test("few rows take what they need, and the charts the rest", () => {
  expect(shareOfTable(1, 800, false)).toBe(34 + 32 + 16);
  expect(shareOfTable(3, 1300, false)).toBe(34 + 3 * 32 + 16);
});

test("many rows leave a row of charts", () => {
  expect(shareOfTable(3000, 800, false)).toBe(448);
  expect(shareOfTable(30, 600, false)).toBe(260);
});

test("in a low window some rows are left", () => {
  expect(shareOfTable(30, 300, false)).toBe(34 + 4 * 32);
});

test("without charts the table has all but their head", () => {
  expect(shareOfTable(30, 800, true)).toBe(763);
});
