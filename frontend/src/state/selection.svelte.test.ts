import { beforeEach, expect, test } from "vitest";
import type { ExperimentSummary } from "../api/messages";
import { applyExperimentsChanged, experiments, replaceExperiments, sortBy } from "./experiments.svelte";
import { selection } from "./selection.svelte";
import { readParameter, writeParameter } from "./view.svelte";

const experiment = (name: string, part: Partial<ExperimentSummary> = {}): ExperimentSummary => ({
  id: name,
  name,
  changed: 0,
  details: true,
  status: "unknown",
  created: null,
  sessions: [],
  tags: [],
  config: {},
  git_commit: "",
  kinds: [],
  ...part,
});
const named = (name: string) => ({ id: name, name });
const text = (value: string) => ({ text: value, regex: false, negate: false });

beforeEach(() => {
  writeParameter("show", []);
  selection.filter = text("");
  sortBy.value = "name";
  replaceExperiments([
    experiment("run-10", { changed: 5, created: 1 }),
    experiment("run-9", { changed: 1, created: 9 }),
  ]);
});

test("all are shown at first, as people count", () => {
  expect(selection.shownIds).toEqual(["run-9", "run-10"]);
});

test("the filter narrows what is shown", () => {
  selection.filter = text("10");
  expect(selection.shownIds).toEqual(["run-10"]);
});

test("one alone, and all again", () => {
  selection.toggleOnly(named("run-9"));
  expect(selection.shownIds).toEqual(["run-9"]);
  selection.toggleOnly(named("run-9"));
  expect(selection.shownIds).toEqual(["run-9", "run-10"]);
});

test("a hidden one is not shown, and stays in the list", () => {
  selection.setOne(named("run-9"), false);
  expect(selection.shownIds).toEqual(["run-10"]);
  expect(selection.filtered).toHaveLength(2);
});

test("hiding all filtered ones leaves the others", () => {
  selection.filter = text("9");
  selection.setFiltered(false);
  selection.filter = text("");
  expect(selection.shownIds).toEqual(["run-10"]);
  expect(readParameter("show")).toEqual(["-t:9"]);
});

test("ten thousand exceptions need no more than one rule", () => {
  replaceExperiments(Array.from({ length: 10_000 }, (_, index) => experiment(`run-${index}`)));
  selection.setFiltered(false);
  expect(selection.shownIds).toEqual([]);
  expect(readParameter("show")).toHaveLength(1);
});

test("a new experiment appears in its place, a removed one goes", () => {
  applyExperimentsChanged({
    type: "experiments",
    sequence: 1,
    changed: [experiment("run-9b")],
    removed: ["run-10"],
  });
  expect(selection.shownIds).toEqual(["run-9", "run-9b"]);
});

test("the newest change or start can come first", () => {
  sortBy.value = "changed";
  expect(selection.shownIds).toEqual(["run-10", "run-9"]);
  sortBy.value = "created";
  expect(selection.shownIds).toEqual(["run-9", "run-10"]);
  expect(experiments.count).toBe(2);
});
