import { expect, test } from "vitest";
import {
  addStep,
  countSteps,
  eachStep,
  hasStep,
  lastStep,
  nearestStep,
  positionOf,
  removeStep,
  someSteps,
  stepAt,
  toRuns,
  unionOf,
  type Runs,
} from "./steps";

const RUNS: Runs = [
  [0, 3, 10],
  [100, 1, 1],
  [2 ** 52, 2, 5],
];
const STEPS = [0, 10, 20, 100, 2 ** 52, 2 ** 52 + 5];

test("runs stand for their steps in order", () => {
  expect([...eachStep(RUNS)]).toEqual(STEPS);
  expect(countSteps(RUNS)).toBe(6);
  expect(lastStep(RUNS)).toBe(2 ** 52 + 5);
  expect(lastStep([])).toBeNull();
});

test("positions and steps are each other's inverse", () => {
  STEPS.forEach((step, position) => {
    expect(stepAt(RUNS, position)).toBe(step);
    expect(positionOf(RUNS, step)).toBe(position);
  });
  expect(stepAt(RUNS, -1)).toBeNull();
  expect(stepAt(RUNS, 6)).toBeNull();
});

test("only logged steps are there", () => {
  expect(STEPS.every((step) => hasStep(RUNS, step))).toBe(true);
  expect([-1, 5, 21, 99, 101, 2 ** 52 + 1].some((step) => hasStep(RUNS, step))).toBe(false);
});

test("the nearest step is the one before, or the first", () => {
  expect(nearestStep(RUNS, 19)).toBe(10);
  expect(nearestStep(RUNS, 99)).toBe(20);
  expect(nearestStep(RUNS, -5)).toBe(0);
  expect(nearestStep([[5, 1, 1]], 0)).toBe(5);
  expect(nearestStep([], 0)).toBeNull();
});

test("even steps become one run", () => {
  expect(toRuns([0, 10, 20, 30])).toEqual([[0, 4, 10]]);
  expect(toRuns([1, 2, 3, 10])).toEqual([
    [1, 3, 1],
    [10, 1, 1],
  ]);
});

test("steps added in any order are kept once and sorted", () => {
  let runs: Runs = [];
  for (const step of [5, 1, 3, 3, 9, 7, 100]) runs = addStep(runs, step);
  expect([...eachStep(runs)]).toEqual([1, 3, 5, 7, 9, 100]);
  expect(runs).toEqual([
    [1, 5, 2],
    [100, 1, 1],
  ]);
});

test("a removed step leaves the others", () => {
  expect([...eachStep(removeStep([[0, 3, 1]], 1))]).toEqual([0, 2]);
  expect(removeStep(RUNS, 7)).toBe(RUNS);
});

test("the union of several has every step once", () => {
  expect(unionOf([[[0, 3, 2]], [[1, 2, 1]]])).toEqual([
    [0, 3, 1],
    [4, 1, 1],
  ]);
});

test("some steps are spread evenly from the first to the last", () => {
  expect(someSteps([[0, 5, 10]], 9)).toEqual([0, 10, 20, 30, 40]);
  expect(someSteps([[0, 101, 1]], 5)).toEqual([0, 25, 50, 75, 100]);
});
