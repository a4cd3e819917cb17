/** Requests for the averages of groups: those that charts make in the same animation frame go out together. */
import type { AggregateColumns, AggregatesAnswer } from "../../api/aggregates";
import type { AggregatesRequest } from "../../api/messages";
import type { Range } from "../../charts/ranges";
import type { ChartPart } from "./customCharts";
import { groupBy } from "./groups";

/** How averages are looked at. */
export type GroupSight = Pick<
  AggregatesRequest,
  "average" | "band" | "bins" | "x" | "log_x" | "columns" | "smoothing" | "method"
>;

/** Of the time since the start there are no equal steps: it is cut into as many bins. */
const BINS_OF_TIME = 200;

/** Into how many bins the x axis is cut; 0: none. `chosen`: by a person, 0 by nobody. */
export function binsOf(chosen: number, x: GroupSight["x"]): number {
  return chosen || (x === "relative" ? BINS_OF_TIME : 0);
}

export interface GroupQuestion {
  /** Experiments of each. */
  groups: readonly (readonly string[])[];
  sight: GroupSight;
  /** null: all of the x axis. */
  range: Range | null;
}

export type LoadGroups = (
  part: ChartPart,
  question: GroupQuestion,
  signal: AbortSignal,
) => Promise<AggregateColumns[]>;

/** A question about one thing that is drawn. */
export interface PartQuestion {
  part: ChartPart;
  question: GroupQuestion;
}

interface Waiting extends PartQuestion {
  signal: AbortSignal;
  resolve: (columns: AggregateColumns[]) => void;
  reject: (error: unknown) => void;
}

type Fetch = (request: AggregatesRequest, signal: AbortSignal) => Promise<AggregatesAnswer>;

/** An answer should not keep the first charts waiting for the last. */
const LABELS_IN_REQUEST = 6;

/** `beforeSending`: called before each request goes out. */
export function batchedGroups(fetchAggregates: Fetch, beforeSending: () => void): LoadGroups {
  let waiting: Waiting[] = [];

  function flush(): void {
    const asked = waiting.filter(({ signal }) => !signal.aborted);
    for (const { signal, reject } of waiting) if (signal.aborted) reject(signal.reason);
    waiting = [];
    for (const alike of alikeOf(asked)) {
      for (let begin = 0; begin < alike.length; begin += LABELS_IN_REQUEST) {
        void send(alike.slice(begin, begin + LABELS_IN_REQUEST));
      }
    }
  }

  async function send(alike: readonly Waiting[]): Promise<void> {
    const left = new AbortController();
    for (const { signal } of alike) {
      signal.addEventListener("abort", () => {
        if (alike.every((each) => each.signal.aborted)) left.abort();
      });
    }
    try {
      beforeSending();
      const { aggregates } = await fetchAggregates(requestOf(alike), left.signal);
      const byLabel = groupBy(aggregates, ({ head }) => head.label);
      for (const { part, resolve } of alike) resolve(byLabel.get(part.label) ?? []);
    } catch (error) {
      for (const { reject } of alike) reject(error);
    }
  }

  return (part, question, signal) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) requestAnimationFrame(flush);
      waiting.push({ part, question, signal, resolve, reject });
    });
}

/** Those that one request can ask for. */
export function alikeOf<Asked extends PartQuestion>(asked: readonly Asked[]): Asked[][] {
  return [...groupBy(asked, ({ question }) => JSON.stringify(question)).values()];
}

export function requestOf(alike: readonly PartQuestion[]): AggregatesRequest {
  const { groups, sight, range } = alike[0]!.question;
  const named = (isExpression: boolean) =>
    alike.filter(({ part }) => part.isExpression === isExpression).map(({ part }) => part.label);
  return {
    ...sight,
    groups: groups.map((ids) => [...ids]),
    labels: named(false),
    expressions: named(true),
    x_min: range?.[0] ?? null,
    x_max: range?.[1] ?? null,
  };
}
