/** The exact averages at the crosshair of a chart in which not every step is drawn: the server is asked when it rests. */
import type { AggregateColumns } from "../../api/aggregates";
import { fetchAggregates, isAborted } from "../../api/client";
import type { AggregatesRequest } from "../../api/messages";
import type { Hovered } from "../../charts/hover.svelte";
import type { GroupLine } from "./groupLines";
import { requestOf, type GroupQuestion } from "./groupRequests";

interface Asked {
  hovered: Hovered<GroupLine>;
  label: string;
  question: Omit<GroupQuestion, "range">;
  titles: readonly string[];
}

const REST_MS = 80;

/** Call it while a component is made. `values`: by the group's title. */
export function useExactAverages(
  asked: () => Asked,
  atOnce: () => boolean,
): { readonly values: ReadonlyMap<string, AggregateColumns> | null; readonly error: Error | null } {
  /** As text: what is hovered is another object at each redraw. */
  const question = $derived.by(() => {
    const { hovered, label, question: how } = asked();
    const isKnown = hovered.points.every(({ line, isHere }) => line.isWhole || isHere);
    if (hovered.at === null || isKnown) return null;
    const sight = { ...how.sight, columns: 0 };
    const range = [hovered.at, hovered.at] as const;
    return JSON.stringify(requestOf([{ label, question: { ...how, sight, range } }]));
  });
  let answer = $state.raw<{ question: string; values: ReadonlyMap<string, AggregateColumns> } | null>(null);
  let failure = $state.raw<{ question: string; error: Error } | null>(null);

  $effect(() => {
    const text = question;
    if (text === null || answer?.question === text) return undefined;
    const asking = new AbortController();
    const begin = async () => {
      try {
        const { titles } = asked();
        const { aggregates } = await fetchAggregates(JSON.parse(text) as AggregatesRequest, asking.signal);
        if (asking.signal.aborted) return;
        const values = new Map(aggregates.map((line) => [titles[line.head.group] ?? "", line]));
        answer = { question: text, values };
      } catch (error) {
        if (!isAborted(error)) failure = { question: text, error: error as Error };
      }
    };
    const timer = setTimeout(() => void begin(), atOnce() ? 0 : REST_MS);
    return () => {
      clearTimeout(timer);
      asking.abort();
    };
  });

  return {
    get values() {
      return answer && answer.question === question ? answer.values : null;
    },
    get error() {
      return failure && failure.question === question ? failure.error : null;
    },
  };
}
