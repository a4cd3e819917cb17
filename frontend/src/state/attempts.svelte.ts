/** What could not be loaded while the server was gone is loaded once it is back. */
import { onAnswering } from "./connection.svelte";

export interface Attempts {
  /** One more each time the server answers again and something has failed: a `{#key}` for what is to be made anew. */
  readonly count: number;
}

/** Call it while a component is made. */
export function useAttempts(hasFailed: () => boolean): Attempts {
  let count = $state(0);
  $effect(() =>
    onAnswering(() => {
      if (hasFailed()) count++;
    }),
  );
  return {
    get count() {
      return count;
    },
  };
}
