/** When something that is shown is to be loaded again: when the feed tells of a change, or somebody asks. */
import { Throttle } from "./throttle";

export interface Reloads {
  /** How often so far: for what loads to depend on. */
  readonly count: number;
  readonly now: () => void;
}

/**
 * `listen` calls `reload` at each change, however often, and returns the ends of its listening; it may read reactive
 * state. Of many changes in `pauseMs` two are answered: the first at once, the others together. Call it while a
 * component is made.
 */
export function useReloads(
  pauseMs: number,
  listen: (reload: () => void) => readonly (() => void)[],
): Reloads {
  let count = $state(0);

  $effect(() => {
    const throttle = new Throttle(() => count++, pauseMs);
    const ends = listen(throttle.ask);
    return () => {
      throttle.stop();
      for (const end of ends) end();
    };
  });

  return {
    get count() {
      return count;
    },
    now: () => void count++,
  };
}
