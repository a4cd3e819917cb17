import { expect, test } from "vitest";
import type { SeriesRequest } from "../../api/messages";
import type { SeriesAnswer } from "../../api/series";
import type { Sight } from "./labelSeries";
import { batchedLoad } from "./requests";

const SIGHT: Sight = { x: "step", logX: false, columns: 100, smoothing: 0 };

function world() {
  const asked: SeriesRequest[] = [];
  const signals: AbortSignal[] = [];
  const load = batchedLoad(
    (request, signal) => {
      asked.push(request);
      signals.push(signal);
      const series = request.labels.map((label) => ({ head: { label } })) as SeriesAnswer["series"];
      return Promise.resolve({ epoch: "e", sequence: 1, series, problems: [] });
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

test("very many series come in portions", async () => {
  const { asked, ask } = world();
  const experiments = Array.from({ length: 60 }, (_, index) => String(index));
  await Promise.all(["1", "2", "3", "4"].map((label) => ask(label, { experiments })));
  expect(asked.map(({ labels }) => labels)).toEqual([["1", "2", "3"], ["4"]]);
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
