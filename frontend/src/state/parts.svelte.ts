/** Parts of an item that is too large to be sent whole, loaded again when it changes. */
import { fetchPart, isAborted, type PartParameters } from "../api/client";
import type { ItemAddress } from "../api/messages";
import type { ShownItem } from "./items.svelte";

export interface ShownPart<Part> {
  /** The last one that came, also while another is asked for; null: none yet, or the item was removed. */
  readonly part: Part | null;
  readonly error: Error | null;
}

/** The part that `asked` says; null: none is wanted. Call it while a component is made. */
export function usePart<Part>(item: ShownItem, asked: () => PartParameters | null): ShownPart<Part> {
  let part = $state.raw<Part | null>(null);
  let error = $state.raw<Error | null>(null);
  // What is asked for is made anew more often than it changes.
  const words = $derived(JSON.stringify(asked()));

  $effect(() => {
    const wanted = JSON.parse(words) as PartParameters | null;
    if (!item.latest || wanted === null) {
      part = null;
      return;
    }
    const stop = new AbortController();
    void load(item.latest.address, wanted, stop.signal);
    return () => stop.abort();
  });

  async function load(address: ItemAddress, wanted: PartParameters, signal: AbortSignal) {
    try {
      const loaded = await fetchPart<Part>(address, wanted, signal);
      if (signal.aborted) return;
      part = loaded;
      error = null;
    } catch (failure) {
      if (!isAborted(failure)) error = failure as Error;
    }
  }

  return {
    get part() {
      return part;
    },
    get error() {
      return error;
    },
  };
}
