import { expect, test } from "vitest";
import { diffTexts, inlineParts, ROW, shownRows, sideParts, splitLines, type Unit } from "./textDiff";

/** The diff as people read it: `=` equal, `~` changed with `{removed}[added]`, `-` removed, `+` added. */
function read(leftText: string, rightText: string, unit: Unit): string[] {
  const [left, right] = [splitLines(leftText), splitLines(rightText)];
  const diff = diffTexts(leftText, rightText, unit);
  return [...diff.kinds].map((kind, row) => {
    const [a, b] = [left[diff.left[row] ?? -1] ?? "", right[diff.right[row] ?? -1] ?? ""];
    if (kind === ROW.equal) return `=${a}`;
    if (kind === ROW.removed) return `-${a}`;
    if (kind === ROW.added) return `+${b}`;
    const marks = { equal: ["", ""], removed: ["{", "}"], added: ["[", "]"] };
    const parts = inlineParts(a, b, diff.shared.get(row));
    return `~${parts.map((part) => marks[part.kind].join(part.text)).join("")}`;
  });
}

test("characters that differ are marked within their line", () => {
  expect(read("helo wörld", "hello world", "character")).toEqual(["~hel[l]o w{ö}[o]rld"]);
});

test("words that differ are marked as wholes", () => {
  expect(read("the cat sat", "the dog sat", "word")).toEqual(["~the {cat}[dog] sat"]);
  expect(read("rate = 0.001", "rate = 0.01", "word")).toEqual(["~rate = {0.001}[0.01]"]);
});

test("by line nothing is marked within lines", () => {
  expect(read("a\nhelo\nb", "a\nhello\nb", "line")).toEqual(["=a", "~{helo}[hello]", "=b"]);
});

test("similar lines stand beside each other, also when there are more on one side", () => {
  expect(read("def train(model):\n    pass", "import os\ndef train(model, data):\n    pass", "word")).toEqual(
    ["+import os", "~def train(model[, data]):", "=    pass"],
  );
  expect(read("x = 1\nold line\ny = 2", "x = 3\ny = 4", "character")).toEqual([
    "~x = {1}[3]",
    "-old line",
    "~y = {2}[4]",
  ]);
});

test("lines that share nothing are still changed rows, wholly marked", () => {
  expect(read("aaa\nbbb", "xyz", "word")).toEqual(["~{aaa}[xyz]", "-bbb"]);
});

test("a line feed more at the end is a row more", () => {
  expect(read("a\n", "a", "character")).toEqual(["=a", "-"]);
});

test("emoji, accents and foreign scripts are not cut in two", () => {
  expect(read("ok 😀", "ok 😁", "character")).toEqual(["~ok {😀}[😁]"]);
  expect(read("e\u0301", "e", "character")).toEqual(["~{e\u0301}[e]"]);
  expect(read("今日は雨です", "今日は雪です", "word")).toEqual(["~今日は{雨}[雪]です"]);
});

test("line ends of Windows are a difference that can be seen", () => {
  expect(read("a\r\nb", "a\nb", "character")).toEqual(["~a{\r}", "=b"]);
});

test("similarity is the part that both have", () => {
  expect(diffTexts("same\ntext", "same\ntext", "word").similarity).toBe(1);
  expect(diffTexts("", "", "word").similarity).toBe(1);
  expect(diffTexts("abcd", "wxyz", "character").similarity).toBe(0);
  expect(diffTexts("abcd", "abxy", "character").similarity).toBe(0.5);
});

test("a side's parts are the line again", () => {
  const diff = diffTexts("one two three", "one 2 three!", "word");
  const parts = sideParts("one two three", diff.shared.get(0), 0);
  expect(parts).toEqual([
    { text: "one ", changed: false },
    { text: "two", changed: true },
    { text: " three", changed: false },
  ]);
  expect(sideParts("gone", undefined, 0)).toEqual([{ text: "gone", changed: true }]);
});

test("texts without a common line are replaced as wholes", () => {
  const lines = (letter: string) =>
    Array.from({ length: 20_000 }, (_, line) => `${letter} ${line * 7919}`).join("\n");
  const diff = diffTexts(lines("left"), lines("right"), "word");
  expect([diff.kinds.length, diff.similarity, diff.gaveUp]).toEqual([20_000, 0, false]);
});

test("when time is up the rest counts as replaced", () => {
  const lines = (seed: number) =>
    Array.from({ length: 30_000 }, (_, line) => `${(line * seed) % 10_007}`).join("\n");
  const diff = diffTexts(lines(7919), lines(104_729), "line", { lines_ms: 50, marks_ms: 50 });
  expect(diff.gaveUp).toBe(true);
  expect(diff.kinds.length).toBeGreaterThanOrEqual(30_000);
});

test("equal rows far from a change are folded, until somebody opens them", () => {
  const { kinds } = diffTexts(
    "a\n".repeat(20) + "x\n" + "b\n".repeat(20),
    "a\n".repeat(20) + "y\n" + "b\n".repeat(20),
    "line",
  );
  const numbers = (unfolded: number[]) =>
    shownRows(kinds, 2, new Set(unfolded)).map((shown) =>
      "row" in shown ? shown.row : `${shown.count} folded`,
    );
  expect(numbers([])).toEqual(["18 folded", 18, 19, 20, 21, 22, "19 folded"]);
  expect(numbers([0]).length).toBe(24);
  expect(shownRows(kinds, null, new Set()).length).toBe(42);
  expect(shownRows(Uint8Array.of(0, 0, 0), 2, new Set())).toEqual([{ folded: 0, count: 3 }]);
});
