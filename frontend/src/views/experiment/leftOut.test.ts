import { expect, test } from "vitest";
import type { LeftOutFile } from "../../api/messages";
import { alsoIn, choices, choiceWith } from "./leftOut";

const file = (path: string, instead: string, is_usual = false): LeftOutFile => ({
  path,
  instead,
  why: "",
  is_usual,
});

test("what is left out is chosen, and what is usual is no choice", () => {
  expect(choiceWith([], file("progress.csv", "result.json"))).toEqual(["progress.csv"]);
  expect(choiceWith(["progress.csv", "x"], file("result.json", "progress.csv", true))).toEqual(["x"]);
  expect(choiceWith(["a/state.json"], file("b/state.json", "a/state.json"))).toEqual(["b/state.json"]);
});

test("files that are read together are one choice", () => {
  const events = [file("events.1", "metrics.json", true), file("events.2", "metrics.json", true)];
  expect(choices([...events, file("b", "a")]).map(({ path }) => path)).toEqual(["events.1", "b"]);
});

test("one file is named, several are counted", () => {
  expect(alsoIn([file("metrics.csv", "a")])).toBe("Also in metrics.csv");
  expect(alsoIn([file("a", "c"), file("b", "c")])).toBe("Also in 2 other files");
});
