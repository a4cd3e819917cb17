/** What the file of an item holds, as it is now: asked for again whenever the file changes. */
import { untrack } from "svelte";
import { fileAddress, isAborted } from "../api/client";
import type { Item } from "../api/messages";
import type { ItemPlace } from "../lib/itemPlace";
import { useItem, type ShownItem } from "./items.svelte";

export interface ItemFile<Content> {
  readonly item: ShownItem;
  /** The last one that was there; null: none yet, or the file was removed. */
  readonly content: Content | null;
  readonly error: Error | null;
}

/** `load` asks for the first file of the item. Call it while a component is made. */
export function useItemFile<Content>(
  kind: string,
  place: () => ItemPlace,
  load: (experiment: string, path: string, signal: AbortSignal, item: Item) => Promise<Content>,
): ItemFile<Content> {
  const item = useItem(() => {
    const { experiment, label, step } = place();
    return { experiment, kind, label, step };
  });
  let content = $state.raw<Content | null>(null);
  let error = $state.raw<Error | null>(null);
  let file = $derived(item.latest?.problem ? undefined : item.latest?.files[0]);
  /** As a word, so that it changes only with the file. */
  let version = $derived(
    file && item.latest ? JSON.stringify([item.latest.address.experiment, file.path, file.etag]) : "",
  );

  $effect(() => {
    if (version === "") {
      content = null;
      return;
    }
    const [experiment, path] = JSON.parse(version) as [string, string];
    const stop = new AbortController();
    void ask(
      experiment,
      path,
      stop.signal,
      untrack(() => item.latest!),
    );
    return () => stop.abort();
  });

  async function ask(experiment: string, path: string, signal: AbortSignal, of: Item) {
    try {
      const loaded = await load(experiment, path, signal, of);
      if (signal.aborted) return;
      content = loaded;
      error = null;
    } catch (failure) {
      if (!isAborted(failure)) error = failure as Error;
    }
  }

  return {
    item,
    get content() {
      return content;
    },
    get error() {
      return error;
    },
  };
}

/** The address of an item's file, for elements that load it themselves: another one after each change. */
export function useItemAddress(kind: string, place: () => ItemPlace): ItemFile<string> {
  return useItemFile(kind, place, (experiment, path, _, { files }) =>
    Promise.resolve(fileAddress(experiment, path, { version: files[0]?.etag ?? "" })),
  );
}
