import { expect, test } from "vitest";
import { stepProblem, toStep } from "./stepField";

test("a step is a whole number from 0", () => {
  expect(["7", " 7 ", "0", "9007199254740991"].map(toStep)).toEqual([7, 7, 0, 9007199254740991]);
  expect(["", " ", "-1", "1.5", "x", "9007199254740992"].map(toStep)).toEqual(Array(6).fill(null));
});

test("what is wrong is said", () => {
  expect(stepProblem("x", true)).not.toBe("");
  expect(stepProblem("", false)).not.toBe("");
  expect(stepProblem("", true)).toBe("");
  expect(stepProblem("3", false)).toBe("");
});
