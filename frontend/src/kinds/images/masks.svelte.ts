/** The masks of pictures, loaded while somebody shows them and kept for a while, and why there are none. */
import { untrack } from "svelte";
import { fetchBytes } from "../../api/files";
import { isAborted, UnreachableError } from "../../api/http";
import { Queue } from "../../lib/queue";
import { connection } from "../../state/connection.svelte";
import { classOfValue } from "./boxes";
import { giveClassColours } from "./classColours.svelte";
import { setMaskClasses } from "./contents.svelte";
import type { IntegerPicture } from "./integerPng";
import { readIntegerPng } from "./integerPng";
import { distinctValues } from "./overlays";
import type { MaskFile, Picture } from "./picture";
import { showsMask, showsMasks } from "./view.svelte";

/** Browsers open six connections to a server; pictures come first. */
const AT_ONCE = 2;
const MAX_FILE_BYTES = 50 * 2 ** 20;
/** Of masks that nobody shows any more. */
const KEPT_BYTES = 32 * 2 ** 20;

const queue = new Queue(AT_ONCE);
/** In the order of their last use. */
const entries = new Map<string, Entry>();

class Entry {
  readonly #loading = new AbortController();
  holders = 0;
  pixels = $state.raw<IntegerPicture | null>(null);
  values: readonly number[] = [];
  reason = $state.raw("");
  /** The server could not be reached: it is worth another try. */
  isUnreached = $state(false);
  readonly #experiment: string;
  readonly #path: string;

  constructor(experiment: string, path: string) {
    this.#experiment = experiment;
    this.#path = path;
    this.load();
  }

  load(): void {
    const { signal } = this.#loading;
    this.reason = "";
    this.isUnreached = false;
    void queue.run(() => this.#load(signal), signal).catch(() => undefined);
  }

  get bytes(): number {
    return this.pixels?.values.byteLength ?? 0;
  }

  forget(): void {
    this.#loading.abort();
  }

  async #load(signal: AbortSignal): Promise<void> {
    try {
      const file = await fetchBytes(this.#experiment, this.#path, signal, MAX_FILE_BYTES);
      const pixels = await readIntegerPng(new Uint8Array(file));
      this.values = distinctValues(pixels);
      this.pixels = pixels;
    } catch (error) {
      if (isAborted(error)) return;
      this.reason = error instanceof Error ? error.message : String(error);
      this.isUnreached = error instanceof UnreachableError;
    }
  }
}

export interface ShownMask {
  name: string;
  /** null: not there yet, or it cannot be shown. */
  pixels: IntegerPicture | null;
  /** The values that occur in it. */
  values: readonly number[];
  /** Why it cannot be shown; "" if it can. */
  reason: string;
}

/** Those of a picture that may change; null: of none. Call it while a component is made, as `$derived` is. */
export function useMasks(picture: () => Picture | null): { readonly all: readonly ShownMask[] } {
  const files = $derived(
    showsMasks.value ? (picture()?.masks.filter(({ name }) => showsMask(name)) ?? []) : [],
  );
  const keys = $derived(files.map((file) => keyOf(picture()!, file)).join("\0"));
  let held = $state.raw<readonly { file: MaskFile; entry: Entry | null }[]>([]);
  $effect.pre(() => {
    void keys;
    const found = untrack(() => files.map((file) => ({ file, entry: entryOf(picture()!, file) })));
    for (const { entry } of found) if (entry) entry.holders++;
    held = found;
    return () => {
      for (const { entry } of found) if (entry) entry.holders--;
      forgetOldest();
    };
  });
  $effect(() => {
    if (connection.state !== "live" && connection.state !== "polling") return;
    for (const { entry } of held) if (entry?.isUnreached) entry.load();
  });
  const all = $derived(held.map(({ file, entry }) => shownMask(file, entry, picture())));
  $effect(() => {
    const content = picture()?.content;
    if (!content) return;
    const names = new Set(
      all.flatMap(({ values }) => values.map((value) => classOfValue(content, value) ?? "")),
    );
    names.delete("");
    giveClassColours([...names]);
    return setMaskClasses(content, [...names]);
  });
  return {
    get all() {
      return all;
    },
  };
}

export function maskProblems(masks: readonly ShownMask[]): string[] {
  return masks.flatMap(({ name, reason }) => (reason ? [`Mask ${name}`.trim() + `: ${reason}`] : []));
}

function shownMask(file: MaskFile, entry: Entry | null, picture: Picture | null): ShownMask {
  const { name } = file;
  const none = { name, pixels: null, values: [] };
  if (!entry) return { ...none, reason: "its source leads out of the experiment" };
  const { pixels, values } = entry;
  if (!pixels || !picture?.info) return { ...none, reason: entry.reason };
  const { width, height } = picture.info;
  if (pixels.width !== width || pixels.height !== height) {
    const reason = `it has ${pixels.width} × ${pixels.height} pixels, the picture ${width} × ${height} as stored`;
    return { ...none, reason };
  }
  return { name, pixels, values, reason: "" };
}

function entryOf(picture: Picture, file: MaskFile): Entry | null {
  if (file.path === null) return null;
  const key = keyOf(picture, file);
  const entry = entries.get(key) ?? new Entry(picture.address.experiment, file.path);
  entries.delete(key);
  entries.set(key, entry);
  return entry;
}

function forgetOldest(): void {
  const idle = [...entries].filter(([, entry]) => entry.holders === 0);
  let bytes = idle.reduce((sum, [, entry]) => sum + entry.bytes, 0);
  for (const [key, entry] of idle) {
    if (entry.pixels && bytes <= KEPT_BYTES) continue;
    bytes -= entry.bytes;
    entry.forget();
    entries.delete(key);
  }
}

/** Of a file whose version is not known, that of what names it: it is asked for again when that changes. */
function keyOf({ address, file }: Picture, { path, version }: MaskFile): string {
  return [address.experiment, path, version || file.etag].join("\n");
}
