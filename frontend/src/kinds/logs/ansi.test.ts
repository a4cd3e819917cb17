import { expect, test } from "vitest";
import { paint, withoutAnsi } from "./ansi";

const runsOf = (line: string) => paint(line).runs;
const plain = (text: string) => ({ text, classes: "", link: null });

test("a line without escapes is one plain run", () => {
  expect(runsOf("epoch 1\tloss 0.5")).toEqual([plain("epoch 1\tloss 0.5")]);
  expect(runsOf("")).toEqual([]);
});

test("colours and styles become classes until they are reset", () => {
  expect(runsOf("a \x1b[1;31merror\x1b[0m b")).toEqual([
    plain("a "),
    { text: "error", classes: "ansi-bold ansi-front-1", link: null },
    plain(" b"),
  ]);
  expect(runsOf("\x1b[93;44mx")).toEqual([{ text: "x", classes: "ansi-front-11 ansi-back-4", link: null }]);
  expect(runsOf("\x1b[1mx\x1b[22my\x1b[my")).toEqual([{ ...plain("x"), classes: "ansi-bold" }, plain("yy")]);
});

test("inverse swaps the colours, also those of the page", () => {
  expect(runsOf("\x1b[7mx")[0]?.classes).toBe("ansi-front-page ansi-back-text");
  expect(runsOf("\x1b[31;42;7mx")[0]?.classes).toBe("ansi-front-2 ansi-back-1");
});

test.each([
  ["38;5;9", 9],
  ["38;5;196", 9],
  ["38;5;22", 2],
  ["38;5;240", 8],
  ["38;5;255", 15],
  ["38;2;0;0;255", 12],
  ["38;2;120;20;120", 5],
  ["38:2::255:0:0", 9],
  ["38:5:51", 14],
])("the colour %s becomes the nearest named one", (parameters, named) => {
  expect(runsOf(`\x1b[${parameters}mx`)[0]?.classes).toBe(`ansi-front-${named}`);
});

test("what a colour takes is not read as a style", () => {
  expect(runsOf("\x1b[38;5;1;4mx")[0]?.classes).toBe("ansi-underline ansi-front-1");
});

test("what a carriage return overwrote is gone, as on a terminal", () => {
  expect(withoutAnsi(" 10%|#   |\r 50%|##  |\r100%|####|")).toBe("100%|####|");
  expect(withoutAnsi("long text\rshort")).toBe("shorttext");
  expect(withoutAnsi("⠋ Load\r\x1b[K⠙ Load\r\x1b[2K✔ done")).toBe("✔ done");
  expect(withoutAnsi("line of Windows\r")).toBe("line of Windows");
  expect(withoutAnsi("ab\b\bX")).toBe("Xb");
});

test("only links of the web are links", () => {
  const link = (address: string) => `\x1b]8;;${address}\x1b\\here\x1b]8;;\x07!`;
  expect(runsOf(link("https://example.org/a"))).toEqual([
    { text: "here", classes: "", link: "https://example.org/a" },
    plain("!"),
  ]);
  expect(runsOf(link("javascript:alert(1)"))).toEqual([plain("here!")]);
  expect(runsOf(link("https://a b"))).toEqual([plain("here!")]);
});

test("titles, device strings and movements are left out, unfinished ones lose only their beginning", () => {
  expect(withoutAnsi("\x1b]0;title\x07a\x1bPdevice\x1b\\b\x1b[3A\x1b[?25lc\x1b(Bd")).toBe("abcd");
  expect(withoutAnsi("\x1b]0;never ended")).toBe("0;never ended");
  expect(withoutAnsi("a\x1b")).toBe("a");
  expect(withoutAnsi("\x9b31mred\x9d0;title\x9c!")).toBe("red!");
});

test("other control characters are shown", () => {
  expect(withoutAnsi("a\0b\x07c\x7f")).toBe("a␀bc␡");
});

test("a huge line is cut, of a progress bar the end is kept", () => {
  const { runs, cut } = paint("x".repeat(50_000));
  expect([runs[0]?.text.length, cut]).toEqual([20_000, 30_000]);
  expect(withoutAnsi(`${"y".repeat(99)}\r`.repeat(5000) + "done")).toBe("done" + "y".repeat(95));
  expect(withoutAnsi("\x1b[999999999Cx").length).toBe(20_001);
});
