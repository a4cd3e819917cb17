import { expect, test } from "vitest";
import { NO_FILTER } from "../lib/filter";
import { compileRules, decodeRule, encodeRule, onlyThese, setOne, setSome, type Rule } from "./rules";

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
  const rules = onlyThese(["b1"]);
  expect(shown(rules)).toBe("b1");
  expect(shown(setOne(rules, one("a1"), true))).toBe("a1 b1");
});

test("some are hidden and shown, in as few words as it takes", () => {
  const some = [one("a1"), one("a2")];
  const hidden = setSome([], some, false, ALL);
  expect(shown(hidden)).toBe("b1 b2");
  expect(setSome(hidden, some, true, ALL)).toEqual([]);
  const alone = setSome(hidden, [one("b1")], false, ALL);
  expect(alone).toEqual(onlyThese(["b2"]));
});

test("addresses of before hide by a piece of text", () => {
  expect(shown([{ show: false, filter: filter("a") }])).toBe("b1 b2");
});

test("rules survive the address", () => {
  const rules = setOne(
    [{ show: false, filter: { text: "^a", regex: true, negate: true } }],
    one("a%2F"),
    true,
  );
  expect(rules.map(encodeRule).map(decodeRule)).toEqual(rules);
  expect(decodeRule("nonsense")).toBeNull();
});
