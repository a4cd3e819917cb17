import { describe, expect, test } from "vitest";
import { decodeStepChoice, encodeStepChoice, shownStep, stepBeside } from "./stepChoice";
import type { Runs } from "./steps";

const STEPS: Runs = [[10, 5, 10]]; // 10, 20, ... 50

describe("shown step", () => {
  test("is the one asked for, if it is there", () => {
    expect(shownStep(STEPS, false, 30)).toEqual({ step: 30, exact: true });
  });

  test("is else the nearest before it, and said not to be exact", () => {
    expect(shownStep(STEPS, false, 39)).toEqual({ step: 30, exact: false });
    expect(shownStep(STEPS, false, 1000)).toEqual({ step: 50, exact: false });
  });

  test("is the first where none is before", () => {
    expect(shownStep(STEPS, false, 3)).toEqual({ step: 10, exact: false });
  });

  test("is the last when the latest is followed", () => {
    expect(shownStep(STEPS, true, "latest")).toEqual({ step: 50, exact: true });
  });

  test("is the item without a step where there are no steps", () => {
    expect(shownStep([], true, 30)).toEqual({ step: null, exact: true });
    expect(shownStep([], false, "latest")).toBeNull();
  });
});

test("the steps beside end at the first and the last", () => {
  expect(stepBeside(STEPS, 30, 1)).toBe(40);
  expect(stepBeside(STEPS, 30, -1)).toBe(20);
  expect(stepBeside(STEPS, 50, 1)).toBe(50);
  expect(stepBeside(STEPS, 10, -1)).toBe(10);
  expect(stepBeside(STEPS, "latest", -1)).toBe(40);
  expect(stepBeside(STEPS, 35, 1)).toBe(40);
  expect(stepBeside([], "latest", 1)).toBeNull();
});

test("a choice stands in an address as the step or as a word", () => {
  for (const choice of ["latest", 0, 9_007_199_254_740_991] as const) {
    expect(decodeStepChoice(encodeStepChoice(choice))).toBe(choice);
  }
  expect(decodeStepChoice("newest")).toBeUndefined();
  expect(decodeStepChoice("-1")).toBeUndefined();
});
