import { expect, test } from "vitest";
import { steady } from "./steady";

test("an equal value is the one before", () => {
  const keep = steady<number[]>();
  const first = keep([1, 2]);
  expect(keep([1, 2])).toBe(first);
  expect(keep([1, 3])).toEqual([1, 3]);
  expect(keep([1, 2])).toEqual([1, 2]);
});
