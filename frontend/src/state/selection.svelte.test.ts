import { flushSync } from "svelte";
import { beforeEach, expect, test, vi } from "vitest";
import { dispatch } from "./connection.svelte";
import { experimentOf as experiment } from "./experiment.fixture";
import { experiments, replaceExperiments, sortBy, starredFirst } from "./experiments.svelte";
import { filter, followFilter } from "./filter.svelte";
import { selection } from "./selection.svelte";
import { readParameter, writeParameter } from "./view.svelte";

const named = (name: string) => ({ id: name, name });

let answer: readonly string[] = [];

vi.mock("../api/root", async (original) => ({
  ...(await original<object>()),
  fetchFilter: () =>
    Promise.resolve({ experiments: answer, groups: [], mistakes: [], notes: [], unread: 0, is_live: false }),
}));

$effect.root(() => {
  $effect(followFilter);
});

/** Write a filter that lets these through. */
async function narrow(text: string, ids: readonly string[]): Promise<void> {
  answer = ids;
  filter.text = text;
  flushSync();
  await vi.waitFor(() => expect(filter.letThrough).toEqual(new Set(ids)));
}

beforeEach(() => {
  writeParameter("show", []);
  filter.text = "";
  flushSync();
  sortBy.value = "name";
  replaceExperiments([
    experiment("run-10", { changed: 5, created: 1 }),
    experiment("run-9", { changed: 1, created: 9 }),
  ]);
});

test("all are shown at first, as people count", () => {
  expect(selection.shownIds).toEqual(["run-9", "run-10"]);
});

test("the filter narrows what is shown", async () => {
  await narrow("10", ["run-10"]);
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

test("hiding all filtered ones leaves the others", async () => {
  await narrow("9", ["run-9"]);
  selection.setFiltered(false);
  filter.text = "";
  expect(selection.shownIds).toEqual(["run-10"]);
  expect(readParameter("show")).toEqual(["-=run-9"]);
});

test("hiding all filtered ones before the filter is answered waits for the answer", async () => {
  answer = ["run-9"];
  filter.text = "9";
  flushSync();
  selection.setFiltered(false);
  expect(readParameter("show")).toEqual([]);
  await vi.waitFor(() => expect(readParameter("show")).toEqual(["-=run-9"]));
});

test("a filter that becomes another one before its answer hides nothing", async () => {
  answer = ["run-9"];
  filter.text = "9";
  flushSync();
  selection.setFiltered(false);
  await narrow("10", ["run-10"]);
  expect(readParameter("show")).toEqual([]);
  expect(selection.shownIds).toEqual(["run-10"]);
});

test("only some are shown, and all again, whatever was filtered", async () => {
  await narrow("run", ["run-9", "run-10"]);
  selection.showOnly(["run-10"]);
  expect(selection.shownIds).toEqual(["run-10"]);
  selection.showAll();
  expect(filter.text).toBe("");
  expect(selection.shownIds).toEqual(["run-9", "run-10"]);
});

test("ten thousand exceptions need no more than one rule", () => {
  replaceExperiments(Array.from({ length: 10_000 }, (_, index) => experiment(`run-${index}`)));
  selection.setFiltered(false);
  expect(selection.shownIds).toEqual([]);
  expect(readParameter("show")).toHaveLength(1);
});

test("a new experiment appears in its place, a removed one goes", () => {
  dispatch({
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

test("archived ones are left out until somebody wants them, and counted", () => {
  replaceExperiments([experiment("old", { archived: true }), experiment("new")]);
  expect(selection.shownIds).toEqual(["new"]);
  expect(selection.archivedCount).toBe(1);
  selection.archivedToo = true;
  expect(selection.shownIds).toEqual(["new", "old"]);
  selection.archivedToo = false;
});

test("they stand in the order of what they are called, starred ones first if wanted", () => {
  replaceExperiments([
    experiment("a", { title: "Zebra" }),
    experiment("b"),
    experiment("c", { starred: true }),
  ]);
  expect(selection.shownIds).toEqual(["b", "c", "a"]);
  starredFirst.value = true;
  expect(selection.shownIds).toEqual(["c", "b", "a"]);
  starredFirst.value = false;
});
