// @vitest-environment jsdom
import { expect, test, vi } from "vitest";
import type { SeriesRequest } from "../../api/messages";
import type { SeriesAnswer } from "../../api/series";
import type { Sight } from "./labelSeries";
import { batchedLoad } from "./requests";

const SIGHT: Sight = { x: "step", logX: false, columns: 400, smoothing: 0 };

const EXPERIMENTS = Array.from({ length: 60 }, (_, index) => String(index));

function world(answering: () => Promise<void> = () => Promise.resolve()) {
  const asked: SeriesRequest[] = [];
  const signals: AbortSignal[] = [];
  const load = batchedLoad(
    async (request, signal) => {
      asked.push(request);
      signals.push(signal);
      await answering();
      const series = request.labels.map((label) => ({ head: { label } })) as SeriesAnswer["series"];
      return { epoch: "e", sequence: 1, series, problems: [] };
    },
    () => undefined,
  );
  const ask = (label: string, more: { sight?: Sight; experiments?: string[]; signal?: AbortSignal } = {}) =>
    load(
      label,
      { experiments: more.experiments ?? ["a"], sight: more.sight ?? SIGHT, range: null },
      more.signal ?? new AbortController().signal,
    );
  return { asked, signals, ask };
}

test("what is asked for in one frame is one request, and each gets its own", async () => {
  const { asked, ask } = world();
  const answers = await Promise.all([ask("loss"), ask("acc")]);
  expect(asked.map(({ labels }) => labels)).toEqual([["loss", "acc"]]);
  expect(answers.map(([series]) => series!.head.label)).toEqual(["loss", "acc"]);
});

test("other experiments and other ways to look are requests of their own", async () => {
  const { asked, ask } = world();
  await Promise.all([
    ask("loss"),
    ask("loss", { experiments: ["b"] }),
    ask("acc", { sight: { ...SIGHT, columns: 9 } }),
  ]);
  expect(asked).toHaveLength(3);
});

test("very many series come in portions, each twice as large as all before it", async () => {
  const { asked, ask } = world();
  const experiments = EXPERIMENTS;
  await Promise.all(["1", "2", "3", "4", "5", "6", "7"].map((label) => ask(label, { experiments })));
  expect(asked.map(({ labels }) => labels)).toEqual([["1"], ["2", "3"], ["4", "5", "6", "7"]]);
});

test("charts of very many short series share requests", async () => {
  const { asked, ask } = world();
  const experiments = Array.from({ length: 1000 }, (_, index) => String(index));
  const sight = { ...SIGHT, columns: 40 };
  await Promise.all(["1", "2", "3", "4", "5", "6", "7"].map((label) => ask(label, { experiments, sight })));
  expect(asked.map(({ labels }) => labels)).toEqual([["1"], ["2", "3"], ["4", "5", "6"], ["7"]]);
});

test("what nobody waits for any more is not asked for", async () => {
  const { asked, signals, ask } = world();
  const gone = new AbortController();
  const given = ask("gone", { signal: gone.signal });
  const other = ask("loss");
  gone.abort();
  await expect(given).rejects.toThrow();
  await other;
  expect(asked.map(({ labels }) => labels)).toEqual([["loss"]]);
  expect(signals[0]!.aborted).toBe(false);
});

test("the first label has the way for itself until all its experiments are there, then the others come in order", async () => {
  const answers: (() => void)[] = [];
  const { asked, ask } = world(() => new Promise((resolve) => answers.push(resolve)));
  const [few, rest] = [EXPERIMENTS.slice(0, 10), EXPERIMENTS.slice(10)];
  // As cards do that learn of some experiments first, and of the others meanwhile.
  const card = async (label: string) => {
    await ask(label, { experiments: few });
    await ask(label, { experiments: rest });
  };
  const all = Promise.all(["1", "2", "3"].map(card));
  const expected = [
    { labels: ["1"], experiments: few },
    { labels: ["1"], experiments: rest },
    { labels: ["2", "3"], experiments: few },
    { labels: ["2", "3"], experiments: rest },
  ];
  for (const [index, request] of expected.entries()) {
    await vi.waitFor(() => expect(answers).toHaveLength(index + 1));
    expect(asked.at(-1)).toMatchObject(request);
    answers.at(-1)!();
  }
  await all;
  expect(asked).toHaveLength(expected.length);
});

test("the first label is by itself also when other charts have begun", async () => {
  const answers: (() => void)[] = [];
  const { asked, ask } = world(() => new Promise((resolve) => answers.push(resolve)));
  const [few, rest] = [EXPERIMENTS.slice(0, 10), EXPERIMENTS.slice(10, 30)];
  const begun = ["1", "2"].map((label) => ask(label, { experiments: few }));
  await vi.waitFor(() => expect(answers).toHaveLength(1));
  answers[0]!();
  await vi.waitFor(() => expect(answers).toHaveLength(2));
  const others = ["1", "2"].map((label) => ask(label, { experiments: rest }));
  answers[1]!();
  await vi.waitFor(() => expect(answers).toHaveLength(3));
  expect(asked.map(({ labels }) => labels)).toEqual([["1"], ["2"], ["1"]]);
  answers[2]!();
  await vi.waitFor(() => expect(answers).toHaveLength(4));
  answers[3]!();
  await Promise.all([...begun, ...others]);
});

test("when all have come, what is asked for next is a beginning again", async () => {
  const { asked, ask } = world();
  await Promise.all(["1", "2"].map((label) => ask(label, { experiments: EXPERIMENTS })));
  await new Promise((resolve) => setTimeout(resolve));
  await Promise.all(["2", "1"].map((label) => ask(label, { experiments: EXPERIMENTS })));
  expect(asked.map(({ labels }) => labels)).toEqual([["1"], ["2"], ["2"], ["1"]]);
});

test("raw and smoothed lines together have no more than two points a pixel column", async () => {
  const { asked, ask } = world();
  await ask("loss", { sight: { ...SIGHT, columns: 101, smoothing: 0.6 } });
  expect(asked[0]!.columns).toBe(51);
});
