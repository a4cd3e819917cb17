import { flushSync } from "svelte";
import { beforeEach, expect, test, vi } from "vitest";
import type { FilterAnswer, FilterRequest } from "../api/messages";
import { experimentOf } from "./experiment.fixture";
import { replaceExperiments } from "./experiments.svelte";
import { filter, followFilter } from "./filter.svelte";
import { groupChoice } from "./groupChoice.svelte";
import { grouping } from "./grouping.svelte";

const asked: {
  request: FilterRequest;
  signal: AbortSignal;
  answer: (part: Partial<FilterAnswer>) => Promise<void>;
}[] = [];

vi.mock("../api/root", async (original) => ({
  ...(await original<object>()),
  fetchFilter: (request: FilterRequest, signal: AbortSignal) =>
    new Promise((resolve) => {
      const answer = async (part: Partial<FilterAnswer>) => {
        resolve({ experiments: [], groups: [], mistakes: [], notes: [], unread: 0, is_live: false, ...part });
        await vi.advanceTimersByTimeAsync(0);
      };
      asked.push({ request, signal, answer });
    }),
}));

$effect.root(() => {
  $effect(followFilter);
});

function type(text: string): void {
  filter.text = text;
  flushSync();
}

/** Let the pause after a key pass: the question that was asked then. */
async function question() {
  await vi.advanceTimersByTimeAsync(100);
  return asked.at(-1)!;
}

beforeEach(() => {
  vi.useFakeTimers();
  groupChoice.clear();
  type("");
  asked.length = 0;
  replaceExperiments(["a", "b", "c"].map((name) => experimentOf(name)));
});

test("without a text everything is let through, and nothing is asked", async () => {
  await vi.advanceTimersByTimeAsync(5000);
  expect(filter.letThrough).toBeNull();
  expect(asked).toEqual([]);
});

test("all keys that follow each other quickly are one question; until it is answered nothing changes", async () => {
  for (const text of ["l", "lr", "lr=", "lr=1"]) type(text);
  const { request, answer } = await question();
  expect(asked).toHaveLength(1);
  expect(request.filter).toBe("lr=1");
  expect(filter.letThrough).toBeNull();
  await answer({ experiments: ["b"] });
  expect(filter.letThrough).toEqual(new Set(["b"]));
});

test("a question that another one follows is given up, and its answer does not count", async () => {
  type("a");
  const first = await question();
  type("b");
  expect(first.signal.aborted).toBe(true);
  const second = await question();
  await second.answer({ experiments: ["b"] });
  await first.answer({ experiments: ["a"] });
  expect(filter.letThrough).toEqual(new Set(["b"]));
});

test("a mistake is said, and the last result stays", async () => {
  type("a");
  await (await question()).answer({ experiments: ["a"] });
  type("a (");
  const mistake = { text: "a (", reason: "this '(' is never closed", position: 2, length: 1 };
  await (await question()).answer({ mistakes: [mistake] });
  expect(filter.mistakes).toEqual([mistake]);
  expect(filter.letThrough).toEqual(new Set(["a"]));
  expect([filter.text, filter.meant]).toEqual(["a (", "a"]);
  type("a b");
  await (await question()).answer({ experiments: ["a"] });
  expect(filter.meant).toBe("a b");
});

test("while experiments are still being read it is asked again, and a same answer is the same set", async () => {
  type("min(loss)<1");
  await (await question()).answer({ experiments: ["a"], unread: 2 });
  const before = filter.letThrough;
  expect(filter.unread).toBe(2);
  await vi.advanceTimersByTimeAsync(1100);
  expect(asked).toHaveLength(2);
  await asked[1]!.answer({ experiments: ["a"] });
  expect(filter.letThrough).toBe(before);
  await vi.advanceTimersByTimeAsync(5000);
  expect(asked).toHaveLength(2);
});

test("groups come with it, without archived experiments; ungrouped there are none", async () => {
  replaceExperiments([experimentOf("a"), experimentOf("b"), experimentOf("c", { archived: true })]);
  groupChoice.by = ["lr"];
  flushSync();
  const { request, answer } = await question();
  expect(request).toMatchObject({ filter: "", archived: true, grouping: { by: ["lr"] } });
  const group = (title: string, experiments: string[]) => ({ title, key: [], experiments, spreads: [] });
  await answer({ experiments: ["a", "b", "c"], groups: [group("lr=1", ["a", "b"]), group("lr=2", ["c"])] });
  expect(grouping.groups).toEqual([group("lr=1", ["a", "b"])]);
  expect(grouping.groupOf("b")?.title).toBe("lr=1");
  expect(filter.letThrough).toBeNull();
  groupChoice.clear();
  expect(grouping.groups).toEqual([]);
});
