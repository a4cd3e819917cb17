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

/** Pixel columns of a series; those with fewer, as very many have, count for less: else each chart would be a request. */
const USUAL_COLUMNS = 400;
/** So many series come first, with the first chart; then twice as many as have come before, so that charts fill in order. */
const FEWEST_IN_REQUEST = 16;
/** An answer should not keep the first charts waiting for the last. */
const MOST_IN_REQUEST = 300;
/** One is made while the other is on its way; more would only share the way. */
const PARALLEL = 2;

/**
 * What is asked for goes out in the order in which its labels were first asked for, the first label by itself: nothing
 * shares the way with it. `beforeSending`: called before each request goes out.
 */
export function batchedLoad(fetchSeries: Fetch, beforeSending: () => void): Load {
  let waiting: Waiting[] = [];
  const places = new Map<string, number>();
  const running = new Set<readonly Waiting[]>();
  let sent = 0;
  let isTold = false;

  function flush(): void {
    isTold = false;
    for (const { signal, reject } of waiting) if (signal.aborted) reject(signal.reason);
    waiting = waiting.filter(({ signal }) => !signal.aborted);
    while (running.size < PARALLEL) {
      const most = Math.min(MOST_IN_REQUEST, Math.max(FEWEST_IN_REQUEST, 2 * sent));
      const portion = nextPortion(waiting, places, most);
      if (portion.length === 0 || (running.size > 0 && [portion, ...running].some(leads))) return;
      waiting = waiting.filter((each) => !portion.includes(each));
      for (const each of portion) sent += sizeOf(each);
      void send(portion);
    }
  }

  const leads = (portion: readonly Waiting[]) => portion.some(({ label }) => places.get(label) === 0);

  async function send(portion: readonly Waiting[]): Promise<void> {
    running.add(portion);
    try {
      beforeSending();
      const answer = await fetchSeries(requestOf(portion), allAborted(portion));
      const byLabel = groupBy(answer.series, ({ head }) => head.label);
      for (const { label, resolve } of portion) resolve(byLabel.get(label) ?? []);
    } catch (error) {
      for (const { reject } of portion) reject(error);
    } finally {
      running.delete(portion);
      // Once those who got it have said what they need beside it.
      setTimeout(endOrGoOn);
    }
  }

  /** What is asked for when nothing is on its way is a beginning again. */
  function endOrGoOn(): void {
    if (running.size === 0 && waiting.length === 0) {
      places.clear();
      sent = 0;
    } else flush();
  }

  return (label, { experiments, sight, range }, signal) =>
    new Promise((resolve, reject) => {
      if (!isTold) requestAnimationFrame(flush);
      isTold = true;
      if (!places.has(label)) places.set(label, places.size);
      waiting.push({ label, experiments, sight, range, signal, resolve, reject });
    });
}

/** The labels that come first, and those that ask for the same experiments in the same way, as many as one answer may bring. */
function nextPortion(
  waiting: readonly Waiting[],
  places: ReadonlyMap<string, number>,
  most: number,
): Waiting[] {
  const inOrder = [...waiting].sort((a, b) => places.get(a.label)! - places.get(b.label)!);
  const first = inOrder[0];
  if (!first) return [];
  const room = places.get(first.label) === 0 ? FEWEST_IN_REQUEST : most;
  const labels = Math.max(1, Math.floor(room / sizeOf(first)));
  const alike = wayOf(first);
  return inOrder.filter((each) => wayOf(each) === alike).slice(0, labels);
}

/** Of the answer, in series of usual length. */
function sizeOf({ experiments, sight }: Waiting): number {
  const columns = sight.columns > 0 ? Math.min(sight.columns, USUAL_COLUMNS) : USUAL_COLUMNS;
  return (Math.max(1, experiments.length) * columns) / USUAL_COLUMNS;
}

function wayOf({ experiments, sight, range }: Waiting): string {
  return JSON.stringify([experiments, sight, range]);
}

function requestOf(portion: readonly Waiting[]): SeriesRequest {
  const { experiments, sight, range } = portion[0]!;
  const labels = portion.map(({ label }) => label);
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
function allAborted(portion: readonly Waiting[]): AbortSignal {
  const controller = new AbortController();
  for (const { signal } of portion) {
    signal.addEventListener("abort", () => {
      if (portion.every((each) => each.signal.aborted)) controller.abort();
    });
  }
  return controller.signal;
}
