/** Parts of an item that is too large to be sent whole, loaded again when it changes. */
import { fetchPart, type PartParameters } from "../api/items";
import type { ShownItem } from "./items.svelte";
import { useLatest } from "./latest.svelte";

export interface ShownPart<Part> {
  /** The last one that came, also while another is asked for; null: none yet, or the item was removed. */
  readonly part: Part | null;
  readonly error: Error | null;
}

/** The part that `asked` says; null: none is wanted. Call it while a component is made. */
export function usePart<Part>(item: ShownItem, asked: () => PartParameters | null): ShownPart<Part> {
  // What is asked for is made anew more often than it changes.
  const words = $derived(JSON.stringify(asked()));

  const latest = useLatest(
    () => {
      const wanted = JSON.parse(words) as PartParameters | null;
      return item.latest && wanted && { address: item.latest.address, wanted };
    },
    ({ address, wanted }, signal) => fetchPart<Part>(address, wanted, signal),
  );

  return {
    get part() {
      return latest.answer;
    },
    get error() {
      return latest.error;
    },
  };
}
