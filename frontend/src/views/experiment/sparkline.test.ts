import { expect, test } from "vitest";
import { sparkline } from "./sparkline";

const SIZE = { width: 102, height: 22 };

test("values fill the height and the width", () => {
  expect(sparkline([0, 5, 10], [1, 3, 2], SIZE)).toBe("M1.0 21.0L51.0 1.0L101.0 11.0");
});

test("a constant lies in the middle, what is not finite is a gap, one value is no line", () => {
  expect(sparkline([0, 10], [2, 2], SIZE)).toBe("M1.0 11.0L101.0 11.0");
  expect(sparkline([0, 1, 2, 3, 4], [0, NaN, 1, Infinity, 1], SIZE).match(/M/g)).toHaveLength(3);
  expect(sparkline([0], [1], SIZE)).toBe("");
  expect(sparkline([0, 1], [NaN, NaN], SIZE)).toBe("");
});
