import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { PerExperiment } from "./perExperiment.svelte";

const IDS = ["a", "b", "c", "d", "e", "f", "g"];

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Answers are given by hand: `asked` has the experiments of each request, `answer` ends the earliest. */
function serverOf() {
  const asked: string[][] = [];
  const waiting: (() => void)[] = [];
  const store = new PerExperiment<string>({
    load: (ids) => {
      asked.push(ids);
      return new Promise((resolve) => waiting.push(() => resolve(new Map(ids.map((id) => [id, id])))));
    },
    batches: [1, 2, 3],
  });
  const answer = async () => {
    waiting.shift()!();
    await vi.advanceTimersByTimeAsync(0);
  };
  return { store, asked, answer };
}

test("while the first answer is on its way nothing else is asked for", async () => {
  const { store, asked, answer } = serverOf();
  store.hold(IDS, ["scalars"]);
  await vi.advanceTimersByTimeAsync(0);
  expect(asked).toEqual([["a"]]);
  await answer();
  expect(asked).toEqual([["a"], ["b", "c"], ["d", "e", "f"], ["g"]]);
});

test("where the first answer does not come, the others are asked for after a while", async () => {
  const { store, asked } = serverOf();
  store.hold(IDS, ["scalars"]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(asked).toEqual([["a"], ["b", "c"], ["d", "e", "f"], ["g"]]);
});
