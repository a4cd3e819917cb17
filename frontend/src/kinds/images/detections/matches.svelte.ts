/** Which pictures of the chosen sets have boxes that are right, wrong or missed: asked of the server for all of them. */
import { isAborted } from "../../../api/http";
import { fetchMatches } from "../../../api/items";
import type { MatchesPage, MatchesRequest } from "../../../api/messages";

const READING_MS = 400;

export interface ShownMatches {
  /** The last answer; null: there is none yet. */
  readonly page: MatchesPage | null;
  readonly isWaiting: boolean;
  readonly error: Error | null;
}

/**
 * Of what is asked for; null: of nothing. It is asked for again when `state` is another one. Call it while a component is made.
 */
export function useMatches(request: () => MatchesRequest | null, state: () => unknown): ShownMatches {
  let page = $state.raw<MatchesPage | null>(null);
  let isWaiting = $state(false);
  let error = $state.raw<Error | null>(null);
  const word = $derived(JSON.stringify(request()));
  const seen = $derived(JSON.stringify(state()));
  $effect(() => {
    void seen;
    const wanted = JSON.parse(word) as MatchesRequest | null;
    const given = new AbortController();
    if (wanted) void ask(wanted, given.signal);
    else page = null;
    return () => given.abort();
  });

  async function ask(wanted: MatchesRequest, signal: AbortSignal) {
    isWaiting = true;
    for (;;) {
      try {
        const answer = await fetchMatches(wanted, signal);
        error = null;
        page = answer;
        if (answer.state !== "reading") break;
        await new Promise((resolve) => setTimeout(resolve, READING_MS));
      } catch (failure) {
        if (isAborted(failure)) return;
        error = failure instanceof Error ? failure : new Error(String(failure));
        break;
      }
      if (signal.aborted) return;
    }
    isWaiting = false;
  }

  return {
    get page() {
      return page;
    },
    get isWaiting() {
      return isWaiting;
    },
    get error() {
      return error;
    },
  };
}
