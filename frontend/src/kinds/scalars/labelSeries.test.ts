import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { NewPoints } from "../../api/messages";
import type { SeriesColumns } from "../../api/series";
import type { Range } from "../../charts/ranges";
import { METHODS } from "./customCharts";
import { LabelSeries, type Load, type Shown, type Sight } from "./labelSeries";
import { Series } from "./series";

const SIGHT: Sight = { x: "step", logX: false, columns: 100, smoothing: 0 };

/** What the server holds: values by experiment, logged at steps 0, 1, 2, ... */
let stored: Record<string, number[]>;
let identity: string;
let asked: { experiments: readonly string[]; sight: Sight; range: Range | null; signal: AbortSignal }[];
let answering: Promise<void>;

const load: Load = async (_label, request, signal) => {
  asked.push({ ...request, signal });
  const { experiments, sight, range } = request;
  // As it was when the request came, however late the answer is.
  const answer = experiments.flatMap((id) => columnsOf(id, sight, range) ?? []);
  await answering;
  return answer;
};

/** Every tenth point is an overview; with a range, all points. */
function columnsOf(experiment: string, { smoothing }: Sight, range: Range | null): SeriesColumns | null {
  const all = stored[experiment];
  if (!all) return null;
  const every = all.length > 100 && !range ? 10 : 1;
  const steps = [...all.keys()].filter(
    (step) =>
      (step % every === 0 || step === all.length - 1) && (!range || (step >= range[0] && step <= range[1])),
  );
  const column = (value: (step: number) => number) => Float64Array.from(steps, value);
  return {
    head: {
      experiment,
      label: "loss",
      writer: "",
      identity,
      count: all.length,
      sent: steps.length,
      exact: every === 1,
      first_wall_time: 0,
      segments: [],
      without_place: 0,
      smoothing_state: smoothing > 0 ? [0, 0] : null,
    },
    steps: column((step) => step),
    wallTimes: column((step) => step),
    values: column((step) => all[step]!),
    smoothed: smoothing > 0 ? column((step) => all[step]!) : null,
  };
}

/** The script logs on, and the feed says so. */
function logged(series: LabelSeries, experiment: string, ...values: number[]): void {
  series.append(experiment, storedPoints(experiment, values));
}

function storedPoints(experiment: string, values: number[]): NewPoints {
  const all = stored[experiment]!;
  const first = all.length;
  all.push(...values);
  const steps = values.map((_, index) => first + index);
  return { label: "loss", identity, first, steps, times: steps, values };
}

const counting = (count: number) => Array.from({ length: count }, (_, index) => index);
const valuesOf = (series: LabelSeries) =>
  series.read().map(({ values, length }) => [...values.subarray(0, length)]);
const settled = () => vi.advanceTimersByTimeAsync(1000);

const show = (series: LabelSeries, more: Partial<Shown> = {}) =>
  series.show({ experiments: ["a", "b"], sight: SIGHT, zoom: null, ...more });

async function shown(more: Partial<Shown> = {}): Promise<LabelSeries> {
  const series = new LabelSeries("loss", load);
  show(series, more);
  await settled();
  asked = [];
  return series;
}

beforeEach(() => {
  vi.useFakeTimers();
  stored = { a: [1, 2], b: [5] };
  identity = "first";
  asked = [];
  answering = Promise.resolve();
});

afterEach(() => vi.useRealTimers());

test("one request brings all shown experiments, in their order", async () => {
  const series = new LabelSeries("loss", load);
  show(series, { experiments: ["b", "a"] });
  expect(series.status.state).toBe("loading");
  await settled();
  expect(series.status.state).toBe("ready");
  expect(asked).toHaveLength(1);
  expect(valuesOf(series)).toEqual([[5], [1, 2]]);
});

test("only what is missing is asked for when more experiments are shown", async () => {
  stored["c"] = [9];
  const series = await shown();
  show(series, { experiments: ["a", "b", "c"] });
  await settled();
  expect(asked.map(({ experiments }) => experiments)).toEqual([["c"]]);
  show(series, { experiments: ["c"] });
  await settled();
  expect(asked).toHaveLength(1);
  expect(valuesOf(series)).toEqual([[9]]);
});

test("whole series are smoothed in the page, overviews by the server", async () => {
  const series = await shown({ sight: { ...SIGHT, smoothing: 0.5 } });
  show(series, { sight: { ...SIGHT, smoothing: 0.9 } });
  await settled();
  expect(asked).toHaveLength(0);
  stored["a"] = counting(500);
  series.invalidate();
  await settled();
  asked = [];
  show(series, { sight: { ...SIGHT, smoothing: 0.3 } });
  await settled();
  expect(asked.map(({ experiments }) => experiments)).toEqual([["a"]]);
});

test("an answer that was asked for with another smoothing is smoothed as is wanted by now", async () => {
  const series = await shown({ sight: { ...SIGHT, smoothing: 0.6 } });
  let answer: () => void = () => undefined;
  answering = new Promise((resolve) => (answer = resolve));
  series.invalidate("a");
  await settled();
  show(series, { sight: { ...SIGHT, smoothing: 0.5 } });
  answer();
  await settled();
  const [a] = series.read();
  const alone = new Series(columnsOf("a", SIGHT, null)!, "step", 0);
  alone.resmooth(0.5);
  expect(a!.smoothed).toEqual(alone.smoothed);
});

test("while a request is under way only the last of many wishes is kept", async () => {
  stored["a"] = counting(500);
  const series = new LabelSeries("loss", load);
  for (const smoothing of [0.1, 0.2, 0.3, 0.4]) show(series, { sight: { ...SIGHT, smoothing } });
  await settled();
  expect(asked.map(({ sight }) => sight.smoothing)).toEqual([0.1, 0.4]);
});

test("each move of the smoothing is drawn once: at once where all is here, else with the answer", async () => {
  const drawnBy = async (sight: Partial<Sight>) => {
    const series = await shown({ sight: { ...SIGHT, smoothing: 0.5 } });
    const drawn = vi.fn();
    series.subscribe(drawn);
    show(series, { sight: { ...SIGHT, smoothing: 0.5, ...sight } });
    const atOnce = drawn.mock.calls.length;
    await settled();
    return [atOnce, drawn.mock.calls.length];
  };
  expect(await drawnBy({ smoothing: 0.6 })).toEqual([1, 1]);
  stored["a"] = counting(500); // more than is here
  expect(await drawnBy({ smoothing: 0.6 })).toEqual([0, 1]);
  expect(await drawnBy({ smoothing: 0.6, x: "wall" })).toEqual([1, 2]); // axes are other ones at once
});

test("a smoothing that cannot be had is drawn, and said", async () => {
  stored["a"] = counting(500);
  const series = await shown({ sight: { ...SIGHT, smoothing: 0.5 } });
  const drawn = vi.fn();
  series.subscribe(drawn);
  answering = Promise.reject(new Error("gone"));
  show(series, { sight: { ...SIGHT, smoothing: 0.6 } });
  await settled();
  expect(drawn).toHaveBeenCalledTimes(1);
  expect(series.status.state).toBe("failed");
});

test("smoothing that is not an exponential average follows live points: the server is asked again", async () => {
  for (const method of METHODS.filter((each) => each !== "ema")) {
    const series = await shown({ sight: { ...SIGHT, smoothing: 0.5, method } });
    logged(series, "a", 3);
    logged(series, "b", 6);
    await vi.advanceTimersByTimeAsync(2000);
    expect(asked.length).toBeGreaterThan(0);
    expect(valuesOf(series)).toEqual([stored["a"], stored["b"]]);
    series.hide();
  }
});

test("live points are drawn at once", async () => {
  const series = await shown();
  const changed = vi.fn();
  series.subscribe(changed);
  logged(series, "a", 3, 4);
  expect(changed).toHaveBeenCalled();
  expect(valuesOf(series)).toEqual([[1, 2, 3, 4], [5]]);
  expect(asked).toHaveLength(0);
});

test("points that arrive before or during an answer are not lost", async () => {
  const series = new LabelSeries("loss", load);
  let answer: () => void = () => undefined;
  answering = new Promise((resolve) => (answer = resolve));
  show(series);
  await settled();
  logged(series, "a", 3);
  answer();
  await settled();
  expect(valuesOf(series)[0]).toEqual([1, 2, 3]);

  answering = new Promise((resolve) => (answer = resolve));
  series.invalidate("a");
  await settled();
  logged(series, "a", 4);
  answer();
  await settled();
  expect(valuesOf(series)[0]).toEqual([1, 2, 3, 4]);
  expect(asked).toHaveLength(2);
});

test("after a gap and for another identity the series is asked for anew", async () => {
  const series = await shown();
  storedPoints("a", [3]); // missed
  logged(series, "a", 4);
  await settled();
  expect(valuesOf(series)[0]).toEqual([1, 2, 3, 4]);
  identity = "second";
  stored["a"] = [7];
  logged(series, "a", 8);
  await settled();
  expect(valuesOf(series)[0]).toEqual([7, 8]);
  expect(asked.map(({ experiments }) => experiments)).toEqual([["a"], ["a"]]);
});

test("very many live points are made an overview again", async () => {
  const series = await shown();
  for (let round = 0; round < 11; round++) logged(series, "a", ...counting(100));
  await settled();
  expect(asked).toHaveLength(1);
  expect(series.read()[0]!.length).toBeLessThan(300);
});

test("a zoom into an overview brings its points, and what follows them", async () => {
  stored["a"] = counting(500);
  const series = await shown();
  show(series, { zoom: [480, 499] });
  expect(series.read()[0]!.exact).toBe(false); // something to look at until they come
  await settled();
  expect(asked).toHaveLength(1);
  expect(asked[0]!.range![0]).toBeLessThan(480); // so that panning finds something
  expect(series.read()[0]!.exact).toBe(true);
  logged(series, "a", 500, 501);
  expect(valuesOf(series)[0]!.slice(-3)).toEqual([499, 500, 501]);
  show(series, { zoom: null });
  expect(series.read()[0]!.exact).toBe(false);
  expect(valuesOf(series)[0]!.at(-1)).toBe(501);
});

test("a detail that ends before the newest points does not get them", async () => {
  stored["a"] = counting(500);
  const series = await shown();
  show(series, { zoom: [100, 120] });
  await settled();
  logged(series, "a", 500);
  expect(valuesOf(series)[0]!.at(-1)).toBe(130);
});

test("panning within the loaded detail asks for nothing, beyond it for the next", async () => {
  stored["a"] = counting(5000);
  const series = await shown();
  show(series, { zoom: [1000, 1100] });
  await settled();
  show(series, { zoom: [1020, 1120] });
  await settled();
  expect(asked).toHaveLength(1);
  for (const start of [1060, 1080, 1100]) show(series, { zoom: [start, start + 100] });
  await settled();
  expect(asked.map(({ range }) => range)).toEqual([
    [950, 1150],
    [1050, 1250],
  ]);
});

test("whole series need no detail", async () => {
  const series = await shown();
  show(series, { zoom: [0, 1] });
  await settled();
  expect(asked).toHaveLength(0);
});

test("a hidden chart asks for nothing, and asks anew when it is shown again", async () => {
  const series = await shown();
  series.hide();
  logged(series, "a", 3);
  series.invalidate();
  await settled();
  expect(asked).toHaveLength(0);
  show(series);
  expect(valuesOf(series)[0]).toEqual([1, 2]); // at once what it had
  await settled();
  expect(valuesOf(series)[0]).toEqual([1, 2, 3]);
});

test("a request is given up when the chart is hidden, and another one made when it is shown again", async () => {
  const series = new LabelSeries("loss", load);
  show(series);
  series.hide();
  expect(asked[0]!.signal.aborted).toBe(true);
  show(series);
  await settled();
  expect(asked).toHaveLength(2);
  expect(valuesOf(series)).toEqual([[1, 2], [5]]);
});

test("a failure is said, what was there stays, and it is tried again when asked to", async () => {
  const series = await shown();
  answering = Promise.reject(new Error("gone"));
  series.invalidate();
  await settled();
  expect(series.status).toEqual({ state: "failed", error: new Error("gone") });
  expect(valuesOf(series)[0]).toEqual([1, 2]);
  answering = Promise.resolve();
  series.invalidate();
  await settled();
  expect(series.status.state).toBe("ready");
});
