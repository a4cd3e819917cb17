import { expect, test } from "vitest";
import { compareNatural } from "./natural";

test.each([
  [["run-2", "run-10"]],
  [["lr0.0001", "lr0.001", "lr0.01", "lr0.1", "lr0.5", "lr1"]],
  [["lr=0.0001, seed=2", "lr=0.001, seed=1"]],
  [["v1.9.0", "v1.10.0"]],
  [["1", "02", "3", "10"]],
  [["A-1", "a-1", "B-1", "b-2"]],
  [["", "a", "a1", "a1b"]],
  [["9".repeat(30), "1" + "0".repeat(30)]],
])("%j stand in this order, however they came", (names) => {
  expect([...names].reverse().sort(compareNatural)).toEqual(names);
  expect([...names].sort(compareNatural)).toEqual(names);
});

test("numbers stand before texts", () => {
  expect(["a", "1", "b2", "2"].sort(compareNatural)).toEqual(["1", "2", "a", "b2"]);
});
