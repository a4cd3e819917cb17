/** Requests for series: those that cards make in the same animation frame go out together. */
import type { SeriesRequest } from "../../api/messages";
import type { SeriesAnswer, SeriesColumns } from "../../api/series";
import type { Range } from "../../charts/ranges";
import { groupBy } from "./groups";
import type { Load, Sight } from "./labelSeries";

type Fetch = (request: SeriesRequest, signal: AbortSignal) => Promise<SeriesAnswer>;

interface Waiting {
  label: string;
  experiments: readonly string[];
  sight: Sight;
  range: Range | null;
  signal: AbortSignal;
  resolve: (columns: SeriesColumns[]) => void;
  reject: (error: unknown) => void;
}

/** An answer should not keep the first charts waiting for the last. */
const SERIES_IN_REQUEST = 300;
/** Of series with fewer columns than this, as very many have, more come at once: else each chart would be a request. */
const USUAL_COLUMNS = 400;
/** The first answer least of all: it brings the first chart or two, and nothing shares the way with it. */
const SERIES_IN_FIRST_REQUEST = 40;
/** One is made while the other is on its way; more would only share the way. */
const PARALLEL = 2;

/** `beforeSending`: called before each request goes out. */
export function batchedLoad(fetchSeries: Fetch, beforeSending: () => void): Load {
  let waiting: Waiting[] = [];
  const ready: Waiting[][] = [];
  let running = 0;
  let parallel = PARALLEL;

  function flush(): void {
    const isFirst = running === 0 && ready.length === 0;
    for (const asked of groupsOf(waiting, isFirst)) ready.push(asked);
    if (isFirst) parallel = 1;
    waiting = [];
    send();
  }

  function send(): void {
    while (running < parallel) {
      const asked = ready.shift();
      if (!asked) return;
      const wanted = asked.filter(({ signal }) => !signal.aborted);
      for (const { signal, reject } of asked) if (signal.aborted) reject(signal.reason);
      if (wanted.length > 0) void sendOne(wanted);
    }
  }

  async function sendOne(group: Waiting[]): Promise<void> {
    running++;
    try {
      beforeSending();
      const answer = await fetchSeries(requestOf(group), allAborted(group));
      const byLabel = groupBy(answer.series, ({ head }) => head.label);
      for (const { label, resolve } of group) resolve(byLabel.get(label) ?? []);
    } catch (error) {
      for (const { reject } of group) reject(error);
    } finally {
      running--;
      parallel = PARALLEL;
      send();
    }
  }

  return (label, { experiments, sight, range }, signal) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) requestAnimationFrame(flush);
      waiting.push({ label, experiments, sight, range, signal, resolve, reject });
    });
}

/** Cards that ask for the same experiments in the same way, in portions. */
function groupsOf(waiting: readonly Waiting[], isFirst: boolean): Waiting[][] {
  const alike = groupBy(waiting, ({ experiments, sight, range }) =>
    JSON.stringify([experiments, sight, range]),
  );
  let most = isFirst ? SERIES_IN_FIRST_REQUEST : SERIES_IN_REQUEST;
  return [...alike.values()].flatMap((group) => {
    const portions: Waiting[][] = [];
    for (let begin = 0; begin < group.length; begin += portions.at(-1)!.length) {
      const { experiments, sight } = group[0]!;
      const short = sight.columns > 0 ? Math.max(1, USUAL_COLUMNS / sight.columns) : 1;
      const labels = Math.max(1, Math.floor((most * short) / Math.max(1, experiments.length)));
      portions.push(group.slice(begin, begin + labels));
      most = SERIES_IN_REQUEST;
    }
    return portions;
  });
}

function requestOf(group: readonly Waiting[]): SeriesRequest {
  const { experiments, sight, range } = group[0]!;
  const labels = group.map(({ label }) => label);
  // Two lines a series, raw and smoothed, each with its extremes: together no more than two points a pixel.
  const columns = sight.smoothing > 0 ? Math.ceil(sight.columns / 2) : sight.columns;
  return {
    experiments: [...experiments],
    labels: sight.isExpression ? [] : labels,
    x: sight.x,
    log_x: sight.logX,
    x_min: range?.[0] ?? null,
    x_max: range?.[1] ?? null,
    columns,
    smoothing: sight.smoothing,
    method: sight.method ?? "ema",
    expressions: sight.isExpression ? labels : [],
    x_label: sight.xLabel ?? "",
  };
}

/** Given up when nobody waits any more. */
function allAborted(group: readonly Waiting[]): AbortSignal {
  const controller = new AbortController();
  for (const { signal } of group) {
    signal.addEventListener("abort", () => {
      if (group.every((each) => each.signal.aborted)) controller.abort();
    });
  }
  return controller.signal;
}
