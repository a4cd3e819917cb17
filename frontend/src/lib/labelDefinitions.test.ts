import { describe, expect, test } from "vitest";
import { distinct, isBetter, matchesPattern, meaningOf, NO_MEANING, withUnit } from "./labelDefinitions";

describe("a pattern", () => {
  test.each([
    ["loss", "loss", true],
    ["loss", "losses", false],
    ["*", "", true],
    ["*", "a/b", true],
    ["val/*", "val/loss", true],
    ["val/*", "val/", true],
    ["val/*", "train/val/loss", false],
    ["*/loss", "train/loss", true],
    ["*/loss", "loss", false],
    ["a*a", "a", false],
    ["a*a", "aa", true],
    ["a*b*c", "a..c..b..c", true],
    ["a*b*c", "a..c..b", false],
    ["*ab*ab", "ab", false],
    ["*ab*ab", "xabab", true],
    ["**", "x", true],
    ["(.+)[", "(.+)[", true],
    ["a.c", "abc", false],
  ])("%s, %s: %s", (pattern, label, matches) => {
    expect(matchesPattern(pattern, label)).toBe(matches);
  });

  test("of many stars costs no time", () => {
    expect(matchesPattern("*a".repeat(200) + "b", "a".repeat(20_000))).toBe(false);
  });
});

test("the first that says something decides that", () => {
  const definitions = [
    { pattern: "val/loss", goal: "min", unit: "" },
    { pattern: "val/*", goal: "max", unit: "nats" },
    { pattern: "*", unit: "s", x: "tokens", description: "A number." },
  ] as const;
  expect(meaningOf("val/loss", definitions)).toEqual({
    goal: "min",
    unit: "nats",
    x: "tokens",
    description: "A number.",
  });
  expect(meaningOf("val/acc", definitions).goal).toBe("max");
  expect(meaningOf("tokens", definitions)).toMatchObject({ unit: "s", x: "" });
  expect(meaningOf("loss", [])).toEqual(NO_MEANING);
});

test("what many scripts say is one definition", () => {
  const said = { pattern: "a", goal: "min" } as const;
  expect(distinct([said, { pattern: "b" }, { ...said }])).toEqual([said, { pattern: "b" }]);
});

test("better is by the goal, and no number is never better", () => {
  expect(isBetter("min", 1, 2)).toBe(true);
  expect(isBetter("max", 1, 2)).toBe(false);
  expect(isBetter("max", NaN, 2)).toBe(false);
  expect(isBetter("min", 2, NaN)).toBe(true);
});

test("a unit stands behind a number", () => {
  expect(withUnit("3.5", "ms")).toBe("3.5\u00a0ms");
  expect(withUnit("12", "%")).toBe("12%");
  expect(withUnit("12", "")).toBe("12");
  expect(withUnit("", "ms")).toBe("");
});
