import { expect, test } from "vitest";
import { hasTerm, queryOfOld, quoted, termsOf, toggleTerm } from "./filterTerms";

test.each([
  ["resnet", "resnet"],
  ["two words", '"two words"'],
  ["-dash", '"-dash"'],
  ['a"b', '"a\\"b"'],
  ["or", '"or"'],
])("%s is written %s", (word, written) => {
  expect(quoted(word)).toBe(written);
});

test("filters of before become terms", () => {
  expect(queryOfOld({ text: "good", regex: false, negate: false })).toBe("good");
  expect(queryOfOld({ text: "a b", regex: false, negate: true })).toBe('-"a b"');
  expect(queryOfOld({ text: "^run-[12]$", regex: true, negate: false })).toBe('name~"^run-[12]$"');
  expect(queryOfOld({ text: "", regex: true, negate: true })).toBe("");
});

test("terms stand apart but for spaces in quotes and parentheses", () => {
  expect(termsOf('lr=0.1 and "a b" at(loss, 3)<1')).toEqual(["lr=0.1", '"a b"', "at(loss, 3)<1"]);
  expect(termsOf("a or b c")).toEqual(["a or b c"]);
});

test("a term is added, and taken out again", () => {
  expect(toggleTerm("", "lr=1")).toBe("lr=1");
  expect(toggleTerm("a", "lr=1")).toBe("a lr=1");
  expect(toggleTerm("a lr=1", "lr=1")).toBe("a");
  expect(toggleTerm("a or b", "lr=1")).toBe("(a or b) lr=1");
  expect(hasTerm("a lr=10", "lr=1")).toBe(false);
});
