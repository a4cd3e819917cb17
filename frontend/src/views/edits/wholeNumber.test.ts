import { expect, test } from "vitest";
import { wholeNumber } from "./wholeNumber";

test.each([
  ["0", 0],
  [" 12 ", 12],
  ["", null],
  ["-1", null],
  ["1.5", null],
  ["1e3", null],
])("%j is %j", (text, number) => {
  expect(wholeNumber(text)).toBe(number);
});
