import { beforeEach, expect, test, vi } from "vitest";
import { PALETTE } from "../lib/colours";
import { chosenColourOf, colourOf, dashOf, keepColour } from "./colours.svelte";
import { dispatch } from "./connection.svelte";
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
  keepColour("run-039", "#123456");
  expect(colourOf("run-039")).toBe("#123456");
  expect(dashOf("run-039")).toEqual([]);
  keepColour("run-039", undefined);
  expect(colourOf("run-039")).not.toBe("#123456");
});

test("a colour that somebody has marked an experiment with wins, and goes with the mark", async () => {
  replaceExperiments(many(40).map((each) => (each.id === "run-039" ? { ...each, colour: "teal" } : each)));
  keepColour("run-039", "#123456");
  const teal = PALETTE.find(({ name }) => name === "teal")!;
  expect([teal.light, teal.dark]).toContain(colourOf("run-039"));
  expect(dashOf("run-039")).toEqual([]);
  const mark = (colour: string) =>
    dispatch({ type: "experiments", sequence: 0, changed: [experiment("run-039", { colour })], removed: [] });
  mark("#abcdef");
  await vi.waitFor(() => expect(colourOf("run-039")).toBe("#abcdef"));
  mark("no such colour");
  await vi.waitFor(() => expect(colourOf("run-039")).toBe("#123456"));
  keepColour("run-039", undefined);
  expect(chosenColourOf("run-039")).toBeUndefined();
});
