/** Items that something shows: asked for together, and again when the feed says that they changed. */
import { untrack } from "svelte";
import { isAborted } from "../api/http";
import { fetchItems } from "../api/items";
import type { Item, ItemAddress, ItemOf, ItemsChanged } from "../api/messages";
import { onAnswering, onFeed } from "./connection.svelte";
import { flushLook, holdLook, onUnwatchedChange } from "./look";
import type { Loaded } from "./perExperiment.svelte";

/** The server takes 500; fewer make the first ones come sooner. */
const BATCH = 100;
/** Requests at a time. What nobody holds any more when its turn comes is not asked for: a slider passes many steps. */
const PARALLEL = 3;
/** Items that nobody shows any more but that may be shown again: the slider goes back a step. */
const KEPT = 300;

class Entry {
  readonly address: ItemAddress;
  /** `value` null: the item is not there. */
  loaded = $state.raw<Loaded<Item | null>>({ state: "loading" });
  holders = 0;
  changedWhileAsking = false;
  asking = false;

  constructor(address: ItemAddress) {
    this.address = address;
  }
}

const entries = new Map<string, Entry>();
const waiting = new Set<Entry>();
let running = 0;

/** Which item of its kind. */
export type ItemKey = Omit<ItemAddress, "kind">;

export interface ShownItem<Kind extends string = string> {
  /** Of the address as it is now. */
  readonly current: Loaded<ItemOf<Kind> | null>;
  /** The last one that was there, to be shown until the current one is loaded. */
  readonly latest: ItemOf<Kind> | null;
}

/** The item of a key that may change; null: none. Call it while a component is made, as `$derived` is. */
export function useItem<Kind extends string>(kind: Kind, item: () => ItemKey | null): ShownItem<Kind> {
  const address = () => {
    const wanted = item();
    return wanted && addressOf(kind, wanted);
  };
  let entry = $state.raw<Entry | null>(null);
  let latest = $state.raw<ItemOf<Kind> | null>(null);
  // What an address is made of changes more often than the address itself.
  const key = $derived.by(() => {
    const wanted = address();
    return wanted && keyOf(wanted);
  });
  $effect.pre(() => {
    const wanted = key === null ? null : untrack(address);
    entry = wanted && entryOf(wanted);
    return wanted ? hold(wanted) : undefined;
  });
  $effect.pre(() => {
    if (entry === null) latest = null;
    else if (entry.loaded.state === "ready") latest = entry.loaded.value as ItemOf<Kind> | null;
  });
  return {
    get current() {
      return (entry?.loaded ?? { state: "ready", value: null }) as Loaded<ItemOf<Kind> | null>;
    },
    get latest() {
      return latest;
    },
  };
}

export interface ShownItems<Kind extends string> {
  /** Those that are there, as far as they are loaded, in the order of the keys. */
  readonly all: readonly ItemOf<Kind>[];
  readonly loading: number;
  readonly error: Error | null;
}

/** The items of several keys. Call it while a component is made. */
export function useItems<Kind extends string>(kind: Kind, items: () => readonly ItemKey[]): ShownItems<Kind> {
  const addresses = () => items().map((item) => addressOf(kind, item));
  let held = $state.raw<readonly Entry[]>([]);
  const keys = $derived(addresses().map(keyOf).join("\0"));
  $effect.pre(() => {
    void keys;
    const wanted = untrack(addresses);
    const releases = wanted.map(hold);
    held = wanted.map(entryOf);
    return () => {
      for (const release of releases) release();
    };
  });
  const shown = $derived.by(() => {
    const all: ItemOf<Kind>[] = [];
    let loading = 0;
    let error: Error | null = null;
    for (const { loaded } of held) {
      if (loaded.state === "loading") loading++;
      else if (loaded.state === "failed") error ??= loaded.error;
      else if (loaded.value) all.push(loaded.value as ItemOf<Kind>);
    }
    return { all, loading, error };
  });
  return {
    get all() {
      return shown.all;
    },
    get loading() {
      return shown.loading;
    },
    get error() {
      return shown.error;
    },
  };
}

onFeed("items", applyChanges);
onUnwatchedChange((experiment) => refresh((entry) => entry.address.experiment === experiment));
onFeed("resync", () => refresh(() => true));
onAnswering(retryFailed);

function applyChanges({ experiment, changes, sequence }: ItemsChanged): void {
  for (const { kind, label, step } of changes) {
    const entry = entries.get(keyOf({ experiment, kind, label, step }));
    if (entry && !isNewer(entry, sequence)) askAgain(entry);
  }
}

function refresh(concerns: (entry: Entry) => boolean): void {
  for (const entry of [...entries.values()].filter(concerns)) askAgain(entry);
}

function retryFailed(): void {
  for (const entry of entries.values()) {
    if (entry.loaded.state === "failed" && entry.holders > 0) ask(entry);
  }
}

function hold(address: ItemAddress): () => void {
  const release = holdLook({ experiments: [address.experiment], kinds: [address.kind] });
  const entry = entryOf(address);
  // What was kept without being looked at is shown at once, but may be old.
  if (entry.holders++ === 0) ask(entry);
  return () => {
    release();
    if (--entry.holders === 0) {
      waiting.delete(entry);
      forgetOldest();
    }
  };
}

function entryOf(address: ItemAddress): Entry {
  const key = keyOf(address);
  let entry = entries.get(key);
  if (entry) entries.delete(key);
  else entry = new Entry({ ...address });
  entries.set(key, entry); // last in the map: used last
  return entry;
}

function forgetOldest(): void {
  let surplus = entries.size - KEPT;
  for (const [key, entry] of entries) {
    if (surplus-- <= 0) return;
    if (entry.holders === 0) entries.delete(key);
  }
}

function isNewer({ loaded, asking }: Entry, sequence: number): boolean {
  return !asking && loaded.state === "ready" && loaded.value !== null && loaded.value.sequence >= sequence;
}

function askAgain(entry: Entry): void {
  if (entry.holders > 0) ask(entry);
  else entries.delete(keyOf(entry.address));
}

function ask(entry: Entry): void {
  if (entry.asking) entry.changedWhileAsking = true;
  else if (waiting.add(entry).size === 1) queueMicrotask(askWaiting);
}

function askWaiting(): void {
  flushLook();
  while (waiting.size > 0 && running < PARALLEL) {
    const batch = [...waiting].slice(0, BATCH);
    for (const entry of batch) waiting.delete(entry);
    running++;
    void load(batch).finally(() => {
      running--;
      askWaiting();
    });
  }
}

async function load(batch: Entry[]): Promise<void> {
  for (const entry of batch) Object.assign(entry, { asking: true, changedWhileAsking: false });
  let outcomes: Loaded<Item | null>[];
  try {
    const items = await fetchItems(batch.map(({ address }) => address));
    outcomes = batch.map((_, index) => ({ state: "ready", value: items[index] ?? null }));
  } catch (error) {
    if (isAborted(error)) return;
    outcomes = batch.map(() => ({
      state: "failed",
      error: error instanceof Error ? error : new Error(String(error)),
    }));
  }
  batch.forEach((entry, index) => {
    entry.asking = false;
    const loaded = outcomes[index];
    if (loaded) entry.loaded = loaded;
    if (entry.changedWhileAsking) askAgain(entry);
  });
}

function addressOf(kind: string, { experiment, label, step }: ItemKey): ItemAddress {
  return { experiment, kind, label, step };
}

function keyOf({ experiment, kind, label, step }: ItemAddress): string {
  return `${experiment}\n${kind}\n${step ?? ""}\n${label}`;
}
