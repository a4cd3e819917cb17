/** Requests for series: those that cards make in the same animation frame go out together. */
import type { SeriesRequest } from "../../api/messages";
import type { SeriesAnswer, SeriesColumns } from "../../api/series";
import { groupBy } from "../../lib/groups";
import type { Range } from "../../lib/ranges";
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
const SERIES_IN_REQUEST = 200;
const PARALLEL = 4;

/** `beforeSending`: called before each request goes out. */
export function batchedLoad(fetchSeries: Fetch, beforeSending: () => void): Load {
  let waiting: Waiting[] = [];
  const ready: Waiting[][] = [];
  let running = 0;

  function flush(): void {
    for (const asked of groupsOf(waiting)) ready.push(asked);
    waiting = [];
    send();
  }

  function send(): void {
    while (running < PARALLEL) {
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
function groupsOf(waiting: readonly Waiting[]): Waiting[][] {
  const alike = groupBy(waiting, ({ experiments, sight, range }) =>
    JSON.stringify([experiments, sight, range]),
  );
  return [...alike.values()].flatMap((group) => {
    const labels = Math.max(1, Math.floor(SERIES_IN_REQUEST / Math.max(1, group[0]!.experiments.length)));
    const portions = Math.ceil(group.length / labels);
    return Array.from({ length: portions }, (_, index) => group.slice(index * labels, (index + 1) * labels));
  });
}

function requestOf(group: readonly Waiting[]): SeriesRequest {
  const { experiments, sight, range } = group[0]!;
  return {
    experiments: [...experiments],
    labels: group.map(({ label }) => label),
    x: sight.x,
    log_x: sight.logX,
    x_min: range?.[0] ?? null,
    x_max: range?.[1] ?? null,
    columns: sight.columns,
    smoothing: sight.smoothing,
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
