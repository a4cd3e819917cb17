/** What a request answers: asked for again whenever something else is wanted, and kept until the next answer is there. */
import { isAborted } from "../api/http";
import { useAttempts } from "./attempts.svelte";

export interface Latest<Answer> {
  /** null: none yet, or nothing is wanted. */
  readonly answer: Answer | null;
  /** Why the last request failed; the answer before it stays. */
  readonly error: Error | null;
}

/** `wanted` null: nothing. An answer that comes after something else was wanted is dropped. Call it while a component is made. */
export function useLatest<Wanted, Answer>(
  wanted: () => Wanted | null,
  load: (wanted: Wanted, signal: AbortSignal) => Promise<Answer>,
): Latest<Answer> {
  let answer = $state.raw<Answer | null>(null);
  let error = $state.raw<Error | null>(null);
  const attempts = useAttempts(() => error !== null);

  $effect(() => {
    void attempts.count;
    const now = wanted();
    if (now === null) {
      answer = null;
      error = null;
      return;
    }
    const stop = new AbortController();
    void ask(now, stop.signal);
    return () => stop.abort();
  });

  async function ask(now: Wanted, signal: AbortSignal) {
    try {
      const loaded = await load(now, signal);
      if (signal.aborted) return;
      answer = loaded;
      error = null;
    } catch (failure) {
      if (!signal.aborted && !isAborted(failure)) error = failure as Error;
    }
  }

  return {
    get answer() {
      return answer;
    },
    get error() {
      return error;
    },
  };
}
