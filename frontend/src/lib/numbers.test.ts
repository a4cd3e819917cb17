import { expect, test } from "vitest";
import { exactNumber, formatBytes, formatNumber, plural, toNumber } from "./numbers";

test("numbers that JSON cannot carry arrive", () => {
  expect(toNumber("nan")).toBeNaN();
  expect(toNumber("inf")).toBe(Infinity);
  expect(toNumber("-inf")).toBe(-Infinity);
  expect(toNumber("9007199254740993")).toBe(2 ** 53);
});

test.each([
  [0, "0"],
  [-1, "−1"],
  [1234567, "1234567"],
  [12345678, "1.2346e7"],
  [0.1, "0.1"],
  [0.123456789, "0.12346"],
  [100.5, "100.5"],
  [1200.04, "1200"],
  [0.00001234, "1.234e−5"],
  [1e300, "1e300"],
  ["nan", "NaN"],
  ["inf", "∞"],
  ["-inf", "−∞"],
  [null, ""],
])("%s is shown as %s", (value, text) => {
  expect(formatNumber(value)).toBe(text);
});

test("an exact number keeps every digit", () => {
  expect(exactNumber(0.1 + 0.2)).toBe("0.30000000000000004");
  expect(exactNumber("9007199254740993")).toBe("9007199254740993");
  expect(exactNumber(-0)).toBe("-0");
});

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.0 kB"],
  [15_340, "15.3 kB"],
  [123_456_789, "123 MB"],
  [5e15, "5.0 PB"],
])("%d bytes are %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test("one is not many", () => {
  expect(plural(1, "step")).toBe("1 step");
  expect(plural(1200, "step")).toBe("1,200 steps");
  expect(plural(2, "entry", "entries")).toBe("2 entries");
});
