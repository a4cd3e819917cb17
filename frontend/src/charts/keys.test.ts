// @vitest-environment jsdom
import { expect, test } from "vitest";
import { pointingKey } from "./keys";

function press(
  key: string,
  { isPointing = true, ...held }: KeyboardEventInit & { isPointing?: boolean } = {},
) {
  const done: unknown[] = [];
  const isAnswered = pointingKey(new KeyboardEvent("keydown", { key, ...held }), {
    isPointing: () => isPointing,
    isHeld: () => isPointing,
    move: (x, y) => done.push(["move", x, y]),
    enter: () => done.push("enter"),
    copy: () => done.push("copy"),
    annotate: () => done.push("annotate"),
    select: () => done.push("select"),
    end: () => done.push("end"),
  });
  expect(isAnswered).toBe(done.length > 0);
  return done;
}

test.each([
  ["ArrowLeft", [["move", -8, 0]]],
  ["ArrowDown", [["move", 0, 8]]],
  ["Enter", ["enter"]],
  ["c", ["copy"]],
  ["a", ["annotate"]],
  ["r", ["select"]],
  ["Escape", ["end"]],
  ["x", []],
])("a chart answers to %s", (key, expected) => {
  expect(press(key)).toEqual(expected);
});

test("where nothing is pointed at there is nothing to copy, to annotate or to end: these keys are for others", () => {
  expect(["c", "a", "Escape"].flatMap((key) => press(key, { isPointing: false }))).toEqual([]);
});

test("what is held with Ctrl, Alt or Meta is the browser's", () => {
  expect(
    [{ ctrlKey: true }, { altKey: true }, { metaKey: true }].flatMap((held) => press("c", held)),
  ).toEqual([]);
});
