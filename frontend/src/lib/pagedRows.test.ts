import { expect, test } from "vitest";
import { pageAround } from "./pagedRows";

const PAGING = { page: 100, near: 20 };

test.each([
  ["well inside of what is there", 100, [130, 160], 1000, 100],
  ["near the end, with more behind it", 100, [170, 190], 1000, 130],
  ["near the end of all rows", 900, [970, 999], 1000, 900],
  ["near the begin, with more before it", 100, [110, 130], 1000, 70],
  ["at the very begin", 0, [0, 20], 1000, 0],
  ["somewhere else", 0, [500, 520], 1000, 460],
  ["nothing in sight", 300, [], 1000, 300],
])("rows that are asked for with those in sight %s", (_what, begin, inSight, count, wanted) => {
  expect(pageAround(begin, inSight, count, PAGING)).toBe(wanted);
});
