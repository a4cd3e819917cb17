/** A Markdown file, rendered by the server, as it is now. */
import { fetchMarkdown, isAborted } from "../../api/client";
import type { MarkdownPage } from "../../api/messages";
import type { ItemPlace } from "../../lib/itemPlace";
import { useItem, type ShownItem } from "../../state/items.svelte";

export interface LoadedDocument {
  readonly item: ShownItem;
  /** The last one that was there; null: none yet, or the file was removed. */
  readonly page: MarkdownPage | null;
  readonly error: Error | null;
}

/** Call it while a component is made. */
export function useDocument(place: () => ItemPlace): LoadedDocument {
  const item = useItem(() => {
    const { experiment, label, step } = place();
    return { experiment, kind: "markdown", label, step };
  });
  let page = $state.raw<MarkdownPage | null>(null);
  let error = $state.raw<Error | null>(null);

  $effect(() => {
    const file = item.latest?.files[0];
    if (!item.latest || !file) {
      page = null;
      return;
    }
    const stop = new AbortController();
    void load(item.latest.address.experiment, file.path, stop.signal);
    return () => stop.abort();
  });

  async function load(experiment: string, path: string, signal: AbortSignal) {
    try {
      const loaded = await fetchMarkdown(experiment, path, signal);
      if (signal.aborted) return;
      page = loaded;
      error = null;
    } catch (failure) {
      if (!isAborted(failure)) error = failure as Error;
    }
  }

  return {
    item,
    get page() {
      return page;
    },
    get error() {
      return error;
    },
  };
}
