/** The exact values at the crosshair of a chart whose points are not all here: the server is asked when it rests. */
import { isAborted } from "../../api/http";
import { fetchValues } from "../../api/scalars";
import type { ValuesRequest } from "../../api/messages";
import type { Hovered } from "../../charts/hover.svelte";
import type { ScalarLine } from "./lines";
import { isKnown, keyOfLine, type ExactValues } from "./tooltipRows";

/** How the chart is looked at. */
export type Look = Pick<ValuesRequest, "x" | "smoothing" | "method">;

const REST_MS = 80;

/** null: all is known without asking. */
function questionOf(hovered: Hovered<ScalarLine>, look: Look): ValuesRequest | null {
  if (hovered.at === null || isKnown(hovered)) return null;
  const asked = hovered.points.filter(({ line }) => !line.isWhole).map(({ line }) => line);
  return {
    experiments: [...new Set(asked.map(({ experiment }) => experiment))],
    labels: [...new Set(asked.map(({ label }) => label))],
    at: hovered.at,
    expressions: [...new Set(asked.filter(({ isExpression }) => isExpression).map(({ label }) => label))],
    ...look,
  };
}

async function ask(question: ValuesRequest, signal?: AbortSignal): Promise<ExactValues> {
  const { values } = await fetchValues(question, signal);
  return new Map(values.map((value) => [keyOfLine(value), value]));
}

/** For who wants them now: null if all is known without asking. */
export function exactValues(hovered: Hovered<ScalarLine>, look: Look): Promise<ExactValues | null> {
  const question = questionOf(hovered, look);
  return question ? ask(question) : Promise.resolve(null);
}

/** Call it while a component is made; `hovered` and `look` are followed. `atOnce`: without waiting for rest. */
export function useExactValues(
  hovered: () => Hovered<ScalarLine>,
  look: () => Look,
  atOnce: () => boolean,
): { readonly values: ExactValues | null; readonly error: Error | null } {
  /** As text: what is hovered is another object at each redraw. */
  const question = $derived.by(() => {
    const asked = questionOf(hovered(), look());
    return asked && JSON.stringify(asked);
  });
  let answer = $state.raw<{ question: string; values: ExactValues } | null>(null);
  let failure = $state.raw<{ question: string; error: Error } | null>(null);

  $effect(() => {
    const asked = question;
    if (asked === null || answer?.question === asked) return undefined;
    const asking = new AbortController();
    const begin = async () => {
      try {
        const values = await ask(JSON.parse(asked) as ValuesRequest, asking.signal);
        if (!asking.signal.aborted) answer = { question: asked, values };
      } catch (error) {
        if (!isAborted(error)) failure = { question: asked, error: error as Error };
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
