/** A Markdown file, rendered by the server, as it is now. */
import { fetchMarkdown } from "../../api/items";
import type { MarkdownPage } from "../../api/messages";
import type { ItemPlace } from "../../lib/itemPlace";
import { useItem, type ShownItem } from "../../state/items.svelte";
import { useLatest } from "../../state/latest.svelte";

export interface LoadedDocument {
  readonly item: ShownItem;
  /** The last one that was there; null: none yet, or the file was removed. */
  readonly page: MarkdownPage | null;
  readonly error: Error | null;
}

/** Call it while a component is made. */
export function useDocument(place: () => ItemPlace): LoadedDocument {
  const item = useItem("markdown", place);
  const latest = useLatest(
    () => {
      const path = item.latest?.files[0]?.path;
      return item.latest && path !== undefined ? { experiment: item.latest.address.experiment, path } : null;
    },
    ({ experiment, path }, signal) => fetchMarkdown(experiment, path, signal),
  );

  return {
    item,
    get page() {
      return latest.answer;
    },
    get error() {
      return latest.error;
    },
  };
}
