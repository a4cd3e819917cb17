import { beforeEach, expect, test } from "vitest";
import { chooseColour, colourOf, dashOf } from "./colours.svelte";
import { experimentOf as experiment } from "./experiment.fixture";
import { replaceExperiments } from "./experiments.svelte";
import { writeParameter } from "./view.svelte";

const many = (count: number) =>
  Array.from({ length: count }, (_, index) => experiment(`run-${String(index).padStart(3, "0")}`));

beforeEach(() => writeParameter("show", []));

test("who comes first in the list leaves the others as they were", () => {
  replaceExperiments(many(12));
  const before = many(12).map(({ id }) => colourOf(id));
  expect(new Set(before).size).toBe(12);
  replaceExperiments([experiment("a-new-one"), ...many(12)]);
  expect(many(12).map(({ id }) => colourOf(id))).toEqual(before);
  expect(before).not.toContain(colourOf("a-new-one"));
});

test("what was chosen by hand holds, with a whole line", () => {
  replaceExperiments(many(40));
  expect(dashOf("run-039")).not.toEqual([]);
  chooseColour("run-039", "#123456");
  expect(colourOf("run-039")).toBe("#123456");
  expect(dashOf("run-039")).toEqual([]);
  chooseColour("run-039", undefined);
  expect(colourOf("run-039")).not.toBe("#123456");
});
