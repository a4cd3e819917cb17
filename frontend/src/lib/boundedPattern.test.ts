import { expect, test } from "vitest";
import { boundedPattern } from "./boundedPattern";

test.each([
  ...["train/.*", "(train|val)/.*loss.*", "(.*)/loss", String.raw`layer\.(\d+)\.[^/]*/(?:weight|bias)$`],
  ...["(?<name>a+)/b?", "[*+?(|]{2,}", String.raw`\p{L}+\(a\)*`, "(ab){3}", "x{3}y{2}", "(?:abc)+"],
  ...["(loss|acc|f1|map|lr)", "[(]a+[)]+", String.raw`(a\*b)*`],
])("%s is searched for", (pattern) => {
  expect(boundedPattern(pattern)).toBeInstanceOf(RegExp);
});

test.each([
  ...["(a+)+$", "(a|aa)+$", "((a?)){30}a", "(?:x(a*)){2,}b", "(a{1,})*", "((a|b))*c"],
  ...[".*.*.*.*.*x", "a?".repeat(30) + "a".repeat(30), "(a{0,10}){2}", "(?=(a+))*b{0,99}(c*)*"],
])("%s may never end, which is said", (pattern) => {
  expect(boundedPattern(pattern)).toMatch(/may never end|Nothing to repeat|Invalid/);
});

test("what is no expression is said as browsers say it", () => {
  expect(boundedPattern("(a")).toBe("Unterminated group");
});
