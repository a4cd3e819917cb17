import { expect, test } from "vitest";
import { earlierStates, titleOf } from "./earlierStates";

test("what was saved and what was not are one list, newest first", () => {
  const state = { match: "1", by: "anna" };
  const all = earlierStates(
    [
      { ...state, time: 0, text: "late" },
      { ...state, time: 1.7e9, text: "newer" },
      { ...state, time: 1.6e9, text: "older" },
    ],
    [{ text: "mine", time: 1.65e9 }],
  );
  expect(all.map(({ text }) => text)).toEqual(["late", "newer", "mine", "older"]);
  expect(all.map(titleOf)).toEqual([
    expect.stringMatching(/before it was replaced$/),
    expect.stringMatching(/^Until 2023-/),
    expect.stringMatching(/^Yours, not saved, 2022-/),
    expect.stringMatching(/^Until 2020-/),
  ]);
});
