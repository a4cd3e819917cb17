/** The exact averages at the crosshair of a chart in which not every step is drawn: the server is asked when it rests. */
import { isAborted } from "../../api/http";
import { fetchAggregates } from "../../api/scalars";
import type { AggregatesRequest } from "../../api/messages";
import type { Hovered } from "../../charts/hover.svelte";
import { keyOfAverage, type ExactAverages, type GroupLine } from "./groupLines";
import { alikeOf, requestOf, type PartQuestion } from "./groupRequests";

interface Asked {
  hovered: Hovered<GroupLine>;
  /** How the chart asks for what it draws. */
  questions: readonly PartQuestion[];
  /** Of the groups, in their order. */
  titles: readonly string[];
}

const REST_MS = 80;

/** Call it while a component is made. */
export function useExactAverages(
  asked: () => Asked,
  atOnce: () => boolean,
): { readonly values: ExactAverages | null; readonly error: Error | null } {
  /** As text: what is hovered is another object at each redraw. */
  const question = $derived.by(() => {
    const { hovered, questions } = asked();
    const isKnown = hovered.points.every(({ line, isHere }) => line.isWhole || isHere);
    if (hovered.at === null || isKnown) return null;
    const range = [hovered.at, hovered.at] as const;
    const here = questions.map(({ part, question: how }) => {
      return { part, question: { ...how, sight: { ...how.sight, columns: 0 }, range } };
    });
    return JSON.stringify(alikeOf(here).map(requestOf));
  });
  let answer = $state.raw<{ question: string; values: ExactAverages } | null>(null);
  let failure = $state.raw<{ question: string; error: Error } | null>(null);

  $effect(() => {
    const text = question;
    if (text === null || answer?.question === text) return undefined;
    const asking = new AbortController();
    const begin = async () => {
      try {
        const { titles } = asked();
        const requests = JSON.parse(text) as AggregatesRequest[];
        const answers = await Promise.all(requests.map((request) => fetchAggregates(request, asking.signal)));
        if (asking.signal.aborted) return;
        const found = answers
          .flatMap(({ aggregates }) => aggregates)
          .map((line) => {
            const { group, label } = line.head;
            return [keyOfAverage({ group: titles[group] ?? "", label }), line] as const;
          });
        answer = { question: text, values: new Map(found) };
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
