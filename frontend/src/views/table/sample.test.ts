import { expect, test } from "vitest";
import { commonLabels, sampleOf } from "./sample";

test("a sample is spread over all", () => {
  expect(sampleOf([1, 2, 3], 4)).toEqual([1, 2, 3]);
  expect(sampleOf([0, 1, 2, 3, 4, 5, 6], 3)).toEqual([0, 3, 6]);
});

test("labels count that half of the experiments have that log anything", () => {
  const sets = [
    new Set(["loss", "odd"]),
    new Set(["loss", "acc"]),
    new Set(["loss", "acc"]),
    new Set<string>(),
  ];
  expect(commonLabels(sets)).toEqual(["loss", "acc"]);
});

test("where nothing is common, everything counts", () => {
  expect(commonLabels([new Set(["a"]), new Set(["b"]), new Set(["c"])])).toEqual(["a", "b", "c"]);
  expect(commonLabels([])).toEqual([]);
});
