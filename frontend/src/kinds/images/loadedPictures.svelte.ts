/** Pictures as the browser holds them: loaded a few at a time, given up when out of sight, kept for a while. */
import { untrack } from "svelte";
import { isAborted, UnreachableError } from "../../api/http";
import { fetchPicture, type PictureSize } from "../../api/items";
import type { ItemOf } from "../../api/messages";
import { Queue } from "../../lib/queue";
import { connection } from "../../state/connection.svelte";
import { useItem } from "../../state/items.svelte";
import { annotated } from "./annotated.svelte";
import { pictureOf, THUMBNAIL_SIZES, type Picture } from "./picture";
import type { PictureAddress } from "../../lib/pictureAddress";

/** Browsers open six connections to a server; questions must still get through. */
const THUMBNAILS_AT_ONCE = 4;
/** Of pictures that nobody shows any more: going back a step shows them at once. */
const KEPT_BYTES = 64 * 1024 * 1024;

const queue = new Queue(THUMBNAILS_AT_ONCE);
/** In the order of their last use. */
const entries = new Map<string, Entry>();

class Entry {
  readonly key: string;
  readonly #load: (signal: AbortSignal) => Promise<Blob>;
  #loading = new AbortController();
  #holders = 0;
  bytes = 0;
  url = $state<string | null>(null);
  error = $state.raw<Error | null>(null);

  constructor(key: string, load: (signal: AbortSignal) => Promise<Blob>) {
    this.key = key;
    this.#load = load;
    void this.load();
  }

  get isHeld(): boolean {
    return this.#holders > 0;
  }

  async load(): Promise<void> {
    this.error = null;
    try {
      const blob = await this.#load(this.#loading.signal);
      if (this.#loading.signal.aborted) return;
      this.bytes = blob.size;
      this.url = URL.createObjectURL(blob);
    } catch (error) {
      if (!isAborted(error)) this.error = error instanceof Error ? error : new Error(String(error));
    }
  }

  hold(): () => void {
    this.#holders++;
    return () => {
      this.#holders--;
      // Whoever takes its place may want the same one.
      queueMicrotask(() => {
        if (this.isHeld) return;
        if (this.url === null) this.forget();
        else forgetOldest();
      });
    };
  }

  forget(): void {
    this.#loading.abort();
    if (this.url !== null) URL.revokeObjectURL(this.url);
    if (entries.get(this.key) === this) entries.delete(this.key);
  }
}

export interface LoadedPicture {
  url: string;
  /** What was loaded: it may be another one than is asked for now. */
  picture: Picture;
}

export interface PictureView {
  /** The last one that was loaded, until what is asked for now is; null if that is not there. */
  readonly shown: LoadedPicture | null;
  /** `shown` is what is asked for. `missing`: there is no such item (any more). */
  readonly state: "loading" | "ready" | "missing" | "failed";
  readonly error: Error | null;
  /** Known before the picture itself. */
  readonly picture: Picture | null;
}

/** null: the full picture. */
type WantedSize = PictureSize | null;

/**
 * The picture at an address that may change; null: none yet. Call it while a component is made, as `$derived` is.
 */
export function usePicture(
  address: () => PictureAddress | null,
  size: (picture: Picture) => WantedSize,
): PictureView {
  const item = useItem("images", address);
  const picture = $derived(
    item.current.state === "ready" && item.current.value ? withAnnotations(item.current.value) : null,
  );
  const wantedSize = $derived(picture && size(picture));
  const key = $derived(picture && keyOf(picture, wantedSize));
  let entry = $state.raw<Entry | null>(null);
  let shown = $state.raw<{ entry: Entry; picture: Picture } | null>(null);

  $effect.pre(() => {
    if (key === null) {
      entry = null;
      return;
    }
    const found = untrack(() => entryOf(key, picture, wantedSize));
    entry = found;
    return found?.hold();
  });
  const state = $derived.by((): PictureView["state"] => {
    if (address() === null || item.current.state === "loading") return "loading";
    if (item.current.state === "failed" || entry?.error) return "failed";
    if (picture === null) return "missing";
    return entry?.key === key && entry?.url ? "ready" : "loading";
  });
  $effect.pre(() => {
    if (state === "ready" && entry && picture) shown = { entry, picture };
    else if (state === "missing" || state === "failed") shown = null;
  });
  $effect.pre(() => shown?.entry.hold());
  $effect(() => {
    const isBack = connection.state === "live" || connection.state === "polling";
    if (isBack && entry?.error instanceof UnreachableError) void entry.load();
  });

  const loaded = $derived(shown?.entry.url ? { url: shown.entry.url, picture: shown.picture } : null);
  return {
    get shown() {
      return loaded;
    },
    get state() {
      return state;
    },
    get error() {
      return item.current.state === "failed" ? item.current.error : (entry?.error ?? null);
    },
    get picture() {
      return picture;
    },
  };
}

function withAnnotations(item: ItemOf<"images">): Picture | null {
  const picture = pictureOf(item);
  return picture && annotated(picture);
}

/** The largest thumbnail of a picture that is there already. */
export function loadedSize(picture: Picture): PictureSize | undefined {
  return THUMBNAIL_SIZES.findLast((size) => entries.get(keyOf(picture, size))?.url);
}

function entryOf(key: string, picture: Picture | null, size: WantedSize): Entry | null {
  let entry = entries.get(key);
  if (entry) {
    entries.delete(key);
  } else {
    if (!picture) return null;
    const { address, file } = picture;
    const options = { version: file.etag, ...(size === null ? {} : { size }) };
    const load = (signal: AbortSignal) => fetchPicture(address, options, signal);
    // Somebody waits for a full picture; thumbnails wait for each other.
    entry = new Entry(key, size === null ? load : (signal) => queue.run(() => load(signal), signal));
  }
  entries.set(key, entry);
  return entry;
}

function forgetOldest(): void {
  const idle = [...entries.values()].filter((entry) => !entry.isHeld);
  let bytes = idle.reduce((sum, entry) => sum + entry.bytes, 0);
  for (const entry of idle) {
    if (bytes <= KEPT_BYTES) return;
    bytes -= entry.bytes;
    entry.forget();
  }
}

function keyOf({ address, file }: Picture, size: WantedSize): string {
  return [address.experiment, address.step, address.label, file.path, file.etag, size].join("\n");
}
