import { beforeEach, expect, test, vi } from "vitest";
import type { FilterRequest } from "../../api/messages";
import { FacetCounts } from "./facetCounts.svelte";

/** Tags and folders of experiments, as the server has them now. */
let rows: { tag: string; folder: string }[];
let asked: FilterRequest[];
let answering: Promise<void>;

vi.mock("../../api/root", async (original) => ({
  ...(await original<object>()),
  fetchFilter: async (request: FilterRequest) => {
    asked.push(request);
    const seen = [...rows];
    await answering;
    const facets = (["tag", "folder"] as const).map((field) => {
      const values = [...new Set(seen.map((row) => row[field]))].map((shown) => ({
        shown,
        term: `${field}=${shown}`,
        count: seen.filter((row) => row[field] === shown).length,
      }));
      return { field, text: field, values, more: 0, minimum: null, maximum: null };
    });
    return { experiments: [], groups: [], facets, mistakes: [], notes: [], unread: 0, is_live: false };
  },
}));

beforeEach(() => {
  vi.useFakeTimers();
  rows = [{ tag: "good", folder: "sweep" }];
  asked = [];
  answering = Promise.resolve();
});

const told = (counts: FacetCounts) =>
  counts.facets?.map(({ values }) => values.map(({ shown, count }) => `${shown} ${count}`).join(", "));

test("counts of tags and folders follow rows that change, however many changes there are, in one question", async () => {
  const counts = new FacetCounts();
  counts.follow("", false);
  await vi.advanceTimersByTimeAsync(0);
  expect(told(counts)).toEqual(["good 1", "sweep 1"]);
  rows.push({ tag: "good", folder: "deep" }, { tag: "bad", folder: "sweep" });
  for (let change = 0; change < 20; change++) counts.askAgain();
  await vi.advanceTimersByTimeAsync(1000);
  expect(told(counts)).toEqual(["good 2, bad 1", "sweep 2, deep 1"]);
  expect(asked).toHaveLength(2);
});

test("what changes while a question is under way is asked for once more", async () => {
  const counts = new FacetCounts();
  let answer: () => void = () => undefined;
  answering = new Promise((resolve) => (answer = resolve));
  counts.follow("", false);
  await vi.advanceTimersByTimeAsync(0);
  rows.push({ tag: "late", folder: "sweep" });
  counts.askAgain();
  answer();
  await vi.advanceTimersByTimeAsync(0);
  expect(told(counts)).toEqual(["good 1", "sweep 1"]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(told(counts)).toEqual(["good 1, late 1", "sweep 2"]);
});

test("a field with a term of its own is counted without it, and nobody asks when nobody looks", async () => {
  const counts = new FacetCounts();
  counts.follow("tag=good folder=sweep", true);
  await vi.advanceTimersByTimeAsync(0);
  expect(asked.map(({ filter, archived }) => [filter, archived])).toEqual([
    ["tag=good folder=sweep", true],
    ["folder=sweep", true],
    ["tag=good", true],
  ]);
  counts.askAgain();
  counts.stop();
  await vi.advanceTimersByTimeAsync(5000);
  expect(asked).toHaveLength(3);
});
