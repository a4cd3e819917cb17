import { expect, test } from "vitest";
import { blocksOf, foldedLength, readableJson } from "./textBlocks";

test("what stands between fences is code, all else prose as it stands", () => {
  const text = "Try this:\n\n```python\nprint(1)\n\nprint(2)\n```\nDone <b>now</b>.";
  expect(blocksOf(text)).toEqual([
    { language: null, text: "Try this:" },
    { language: "python", text: "print(1)\n\nprint(2)" },
    { language: null, text: "Done <b>now</b>." },
  ]);
});

test("a fence that is never closed is code to the end, and a shorter one does not close it", () => {
  expect(blocksOf("````\na\n```\nb")).toEqual([{ language: "", text: "a\n```\nb" }]);
  expect(blocksOf("use `x` and ``` inline ```")).toEqual([
    { language: null, text: "use `x` and ``` inline ```" },
  ]);
});

test("nothing is lost of prose", () => {
  expect(blocksOf("  indented\n\n\nfar").map(({ text }) => text)).toEqual(["  indented\n\n\nfar"]);
  expect(blocksOf("")).toEqual([]);
});

test("long texts fold near the end of a line, those that are hardly longer do not", () => {
  expect(foldedLength("short")).toBeNull();
  expect(foldedLength("x".repeat(2500))).toBeNull();
  expect(foldedLength("x".repeat(10_000))).toBe(2400);
  const lines = "line\n".repeat(500);
  expect(foldedLength(lines)).toBe(36 * 5 - 1);
  expect(foldedLength("line\n".repeat(40))).toBeNull();
  const words = `${"w".repeat(2000)}\n${"w".repeat(5000)}`;
  expect(foldedLength(words)).toBe(2000);
});

test("arguments of calls are laid out if they are JSON", () => {
  expect(readableJson('{"a":[1]}')).toBe('{\n  "a": [\n    1\n  ]\n}');
  expect(readableJson("{broken")).toBe("{broken");
  expect(readableJson("2 + 2")).toBe("2 + 2");
});
