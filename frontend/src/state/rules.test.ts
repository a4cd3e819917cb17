import { expect, test } from "vitest";
import { NO_FILTER } from "./filter";
import { compileRules, decodeRule, encodeRule, onlyOne, setFiltered, setOne, type Rule } from "./rules";

const ALL = ["a1", "a2", "b1", "b2"].map((name) => ({ id: name, name }));
const filter = (text: string) => ({ ...NO_FILTER, text });
const one = (id: string) => ({ id, name: id });
const shown = (rules: readonly Rule[]) =>
  ALL.filter(compileRules(rules))
    .map(({ id }) => id)
    .join(" ");

test("without rules all are shown", () => {
  expect(shown([])).toBe("a1 a2 b1 b2");
});

test("one can be hidden and shown again without a trace", () => {
  const hidden = setOne([], one("a1"), false);
  expect(shown(hidden)).toBe("a2 b1 b2");
  expect(setOne(hidden, one("a1"), true)).toEqual([]);
});

test("only one is shown", () => {
  const rules = onlyOne(one("b1"));
  expect(shown(rules)).toBe("b1");
  expect(shown(setOne(rules, one("a1"), true))).toBe("a1 b1");
});

test("all that a filter lets through are hidden and shown", () => {
  const hidden = setFiltered([], filter("a"), false, ALL);
  expect(shown(hidden)).toBe("b1 b2");
  expect(shown(setFiltered(hidden, filter("1"), true, ALL))).toBe("a1 b1 b2");
  expect(setFiltered(hidden, filter("a"), true, ALL)).toEqual([]);
});

test("a filter overrules what was said of single ones before, and is overruled after", () => {
  const rules = setFiltered(setOne([], one("a1"), false), filter("a"), true, ALL);
  expect(shown(rules)).toBe("a1 a2 b1 b2");
  expect(shown(setOne(setFiltered(rules, filter("a"), false, ALL), one("a2"), true))).toBe("a2 b1 b2");
});

test("hiding all and showing all need at most one rule", () => {
  expect(setFiltered([], NO_FILTER, false, ALL)).toHaveLength(1);
  expect(setFiltered(onlyOne(one("a1")), NO_FILTER, true, ALL)).toEqual([]);
});

test("rules survive the address", () => {
  const rules = setOne(
    setFiltered([], { text: "^a", regex: true, negate: true }, false, ALL),
    one("a%2F"),
    true,
  );
  expect(rules.map(encodeRule).map(decodeRule)).toEqual(rules);
  expect(decodeRule("nonsense")).toBeNull();
});
