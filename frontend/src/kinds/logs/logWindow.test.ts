import { expect, test } from "vitest";
import type { LogPage } from "../../api/messages";
import {
  countLines,
  endOf,
  grown,
  nextStart,
  reachesEnd,
  startOf,
  trimmed,
  windowOf,
  withNext,
  withPrevious,
  type LogWindow,
} from "./logWindow";

/** A page of the file `content` between two offsets, as the server answers. */
function page(content: string, start: number, end: number, identity = "a"): LogPage {
  const text = content.slice(start, end);
  const offsets = [start, ...[...text.matchAll(/\n(?!$)/g)].map(({ index }) => start + index + 1)];
  const first_line = start === 0 ? 0 : null;
  return { start, end, size_bytes: content.length, identity, text, offsets, first_line };
}

const linesOf = (window: LogWindow | null) => window?.parts.flatMap(({ lines }) => lines);

test("pages join at either end", () => {
  const file = "one\ntwo\nthree\nfour\n";
  const middle = windowOf(page(file, 4, 8));
  const more = withNext(middle, page(file, 8, 19));
  expect(linesOf(more)).toEqual(["two", "three", "four"]);
  const all = more && withPrevious(more, page(file, 0, 4));
  expect(linesOf(all)).toEqual(["one", "two", "three", "four"]);
  expect(all && [startOf(all), endOf(all), reachesEnd(all), countLines(all)]).toEqual([0, 19, true, 4]);
});

test("numbers of lines are known once the beginning was read", () => {
  const file = "one\ntwo\nthree\n";
  const end = windowOf(page(file, 8, 14));
  expect(end.parts.map(({ firstLine }) => firstLine)).toEqual([null]);
  expect(withPrevious(end, page(file, 0, 8))?.parts.map(({ firstLine }) => firstLine)).toEqual([0, 2]);
});

test("a line without its end is read again when it goes on", () => {
  const before = windowOf(page("one\ntw", 0, 6));
  expect([nextStart(before), before.parts[0].isOpen]).toEqual([0, true]);
  const after = withNext(before, page("one\ntwo\nthree\n", 0, 14));
  expect(linesOf(after)).toEqual(["one", "two", "three"]);
  expect(after && nextStart(after)).toBe(14);
});

test("a page that does not fit, or of another file, is not joined", () => {
  const window = windowOf(page("one\ntwo\n", 0, 4));
  expect(withNext(window, page("one\ntwo\nthree\n", 8, 14))).toBe(null);
  expect(withNext(window, page("one\ntwo\n", 4, 8, "b"))).toBe(null);
  expect(withPrevious(window, page("one\ntwo\n", 0, 4, "b"))).toBe(null);
});

test("a window loses whole parts at one end", () => {
  const line = "x".repeat(9) + "\n";
  const file = line.repeat(1000);
  let window = windowOf(page(file, 0, 2000));
  for (const start of [2000, 4000, 6000]) {
    const next = withNext(window, page(file, start, start + 2000));
    if (next) window = next;
  }
  expect([window.parts.length, countLines(window)]).toEqual([4, 800]);
  expect([startOf(trimmed(window, "first", 500)), endOf(trimmed(window, "last", 500))]).toEqual([2000, 6000]);
  expect(trimmed(window, "first", 500).parts[0].firstLine).toBe(200);
  expect(countLines(trimmed(window, "last", 1))).toBe(200);
});

test("few lines at a time become one part", () => {
  let window = windowOf(page("a\n", 0, 2));
  for (let end = 4; end <= 40; end += 2) {
    const next = withNext(window, page("a\n".repeat(end / 2), end - 2, end));
    if (next) window = next;
  }
  expect([window.parts.length, countLines(window)]).toEqual([1, 20]);
});

test("growth keeps the window, another file or a shorter one does not", () => {
  const window = windowOf(page("one\n", 0, 4));
  expect(grown(window, 10, "a")?.size).toBe(10);
  expect(grown(window, 4, "a")).toBe(window);
  expect(grown(window, 2, "a")).toBe(null);
  expect(grown(window, 10, "b")).toBe(null);
});

test("a part without lines of the wanted tags is passed", () => {
  const empty = { ...page("x".repeat(100), 0, 50), text: "", offsets: [] };
  const window = withNext(windowOf(empty), {
    ...page("x".repeat(100), 50, 100),
    text: "a\tERROR\tb\n",
    offsets: [90],
  });
  expect([linesOf(window), window && startOf(window)]).toEqual([["a\tERROR\tb"], 0]);
  expect(window?.parts[0].offsets).toEqual([90]);
});
