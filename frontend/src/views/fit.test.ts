import { expect, test } from "vitest";
import { fit } from "./fit";

const width = () => 10;

test("what has room is shown, without a menu", () => {
  expect(fit(["a", "b", "c"], width, { room: 30, more: 8, alwaysMore: false })).toEqual({
    shown: ["a", "b", "c"],
    rest: [],
  });
});

test("the menu takes room of its own", () => {
  const { shown, rest } = fit(["a", "b", "c"], width, { room: 30, more: 8, alwaysMore: true });
  expect([shown, rest]).toEqual([["a", "b"], ["c"]]);
});

test("the kept one is always shown, in its place", () => {
  const { shown, rest } = fit(["a", "b", "c", "d"], width, {
    room: 30,
    more: 8,
    kept: "c",
    alwaysMore: false,
  });
  expect([shown, rest]).toEqual([
    ["a", "c"],
    ["b", "d"],
  ]);
});

test("even without any room", () => {
  expect(fit(["a", "b"], width, { room: 0, more: 8, kept: "b", alwaysMore: false }).shown).toEqual(["b"]);
});
