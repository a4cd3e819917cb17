import { describe, expect, test } from "vitest";
import { compileFilter, decodeFilter, encodeFilter, NO_FILTER } from "./filter";

const matches = (text: string, name: string, options = {}) =>
  compileFilter({ ...NO_FILTER, text, ...options }).matches(name);

describe("a text filter", () => {
  test("lets everything through when it is empty", () => {
    expect(matches("", "anything")).toBe(true);
    expect(matches("", "anything", { negate: true })).toBe(true);
  });

  test("ignores case until it has a capital letter", () => {
    expect(matches("resnet", "ResNet-50")).toBe(true);
    expect(matches("ResNet", "ResNet-50")).toBe(true);
    expect(matches("RESNET", "ResNet-50")).toBe(false);
  });

  test("keeps what does not match when negated", () => {
    expect(matches("a", "abc", { negate: true })).toBe(false);
    expect(matches("x", "abc", { negate: true })).toBe(true);
  });

  test("takes special characters as they are", () => {
    expect(matches("a.c", "abc")).toBe(false);
    expect(matches("a.c", "a.c")).toBe(true);
  });
});

describe("a regular expression", () => {
  test("matches anywhere", () => {
    expect(matches("^res.*50$", "ResNet-50", { regex: true })).toBe(true);
    expect(matches("^net", "ResNet-50", { regex: true })).toBe(false);
  });

  test("is not made case-sensitive by a class like \\S", () => {
    expect(matches("\\Snet", "ResNet", { regex: true })).toBe(true);
  });

  test("that is invalid says why and matches nothing", () => {
    const compiled = compileFilter({ text: "(", regex: true, negate: false });
    expect(compiled.error).toBe("Unterminated group");
    expect(compiled.matches("(")).toBe(false);
  });
});

test("a filter survives the address", () => {
  for (const filter of [
    { text: "a:b", regex: true, negate: true },
    { text: "!t:\n", regex: false, negate: false },
    { text: "", regex: true, negate: false },
    NO_FILTER,
  ]) {
    expect(decodeFilter(encodeFilter(filter))).toEqual(filter);
  }
  expect(decodeFilter("nonsense")).toEqual(NO_FILTER);
});
