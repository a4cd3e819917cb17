import { expect, test } from "vitest";
import { formatAgo, formatDuration } from "./times";

test.each([
  [0.0123, "12 ms"],
  [4.25, "4.3 s"],
  [59.4, "59 s"],
  [59.6, "1 min"],
  [185, "3 min 5 s"],
  [7800, "2 h 10 min"],
  [3 * 86_400 + 7200, "3 d 2 h"],
  [-5, "−5 s"],
])("%d seconds last %s", (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

test.each([
  [0, "just now"],
  [-10, "just now"],
  [30, "30 s ago"],
  [3599, "59 min ago"],
  [7200, "2 h ago"],
  [3 * 86_400, "3 d ago"],
])("%d seconds before now is %s", (seconds, text) => {
  expect(formatAgo(1000 - seconds, 1000)).toBe(text);
});
