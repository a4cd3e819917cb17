import { expect, test } from "vitest";
import { longestOf, toTextLines } from "./textLines";

test("lines are numbered, a newline at the end begins no other", () => {
  expect(toTextLines("a\nb\n")).toEqual([
    { number: 1, text: "a" },
    { number: 2, text: "b" },
  ]);
  expect(toTextLines("")).toEqual([{ number: 1, text: "" }]);
  expect(toTextLines("\n")).toEqual([{ number: 1, text: "" }]);
});

test("a long line comes in pieces that are the line again, without cutting a character", () => {
  const line = "x".repeat(3999) + "😀" + "y".repeat(5000);
  const pieces = toTextLines(line);
  expect(pieces.map(({ number }) => number)).toEqual([1, null, null]);
  expect(pieces.map(({ text }) => text).join("")).toBe(line);
  expect(pieces[0]?.text.endsWith("😀")).toBe(true);
  expect(longestOf(pieces)).toBe(4001);
});
