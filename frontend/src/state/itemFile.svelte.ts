/** What the file of an item holds, as it is now: asked for again whenever the file changes. */
import { untrack } from "svelte";
import { fileAddress, outsideAddress } from "../api/files";
import type { ItemOf } from "../api/messages";
import type { ItemPlace } from "../lib/itemPlace";
import { useItem, type ShownItem } from "./items.svelte";
import { useLatest } from "./latest.svelte";

export interface ItemFile<Content> {
  readonly item: ShownItem;
  /** The last one that was there; null: none yet, or the file was removed. */
  readonly content: Content | null;
  readonly error: Error | null;
}

/** `load` asks for the first file of the item. Call it while a component is made. */
export function useItemFile<Kind extends string, Content>(
  kind: Kind,
  place: () => ItemPlace,
  load: (experiment: string, path: string, signal: AbortSignal, item: ItemOf<Kind>) => Promise<Content>,
): ItemFile<Content> {
  const item = useItem(kind, place);
  let file = $derived(item.latest?.problem ? undefined : item.latest?.files[0]);
  /** As a word, so that it changes only with the file. */
  let version = $derived(
    file && item.latest ? JSON.stringify([item.latest.address.experiment, file.path, file.etag]) : "",
  );

  const latest = useLatest(
    () => (version === "" ? null : { version, of: untrack(() => item.latest!) }),
    ({ version, of }, signal) => {
      const [experiment, path] = JSON.parse(version) as [string, string];
      return load(experiment, path, signal, of);
    },
  );

  return {
    item,
    get content() {
      return latest.answer;
    },
    get error() {
      return latest.error;
    },
  };
}

/** The address of an item's file, for elements that load it themselves: another one after each change. */
export function useItemAddress(kind: string, place: () => ItemPlace): ItemFile<string> {
  return useItemFile(kind, place, (experiment, path, _, { address, content, files }) => {
    const version = files[0]?.etag ?? "";
    const isOutside = (content as { source?: unknown } | null)?.source?.toString().startsWith("media://");
    return Promise.resolve(
      isOutside ? outsideAddress(address, version) : fileAddress(experiment, path, { version }),
    );
  });
}
