/** Items that something shows: asked for together, and again when the feed says that they changed. */
import { untrack } from "svelte";
import { fetchItems, isAborted } from "../api/client";
import type { Item, ItemAddress, ItemsChanged } from "../api/messages";
import { flushLook, holdLook } from "./look";
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

export interface ShownItem {
  /** Of the address as it is now. */
  readonly current: Loaded<Item | null>;
  /** The last one that was there, to be shown until the current one is loaded. */
  readonly latest: Item | null;
}

/** The item at an address that may change; null: none. Call it while a component is made, as `$derived` is. */
export function useItem(address: () => ItemAddress | null): ShownItem {
  let entry = $state.raw<Entry | null>(null);
  let latest = $state.raw<Item | null>(null);
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
    else if (entry.loaded.state === "ready") latest = entry.loaded.value;
  });
  return {
    get current() {
      return entry?.loaded ?? { state: "ready", value: null };
    },
    get latest() {
      return latest;
    },
  };
}

export interface ShownItems {
  /** Those that are there, as far as they are loaded, in the order of the addresses. */
  readonly all: readonly Item[];
  readonly loading: number;
  readonly error: Error | null;
}

/** The items at several addresses. Call it while a component is made. */
export function useItems(addresses: () => readonly ItemAddress[]): ShownItems {
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
    const all: Item[] = [];
    let loading = 0;
    let error: Error | null = null;
    for (const { loaded } of held) {
      if (loaded.state === "loading") loading++;
      else if (loaded.state === "failed") error ??= loaded.error;
      else if (loaded.value) all.push(loaded.value);
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

export function applyChangedItems({ experiment, changes, sequence }: ItemsChanged): void {
  for (const { kind, label, step } of changes) {
    const entry = entries.get(keyOf({ experiment, kind, label, step }));
    if (entry && !isNewer(entry, sequence)) askAgain(entry);
  }
}

export function refreshItems(experiment?: string): void {
  for (const entry of [...entries.values()]) {
    if (experiment === undefined || entry.address.experiment === experiment) askAgain(entry);
  }
}

/** The server is back: what could not be had may be now. */
export function retryFailedItems(): void {
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

function keyOf({ experiment, kind, label, step }: ItemAddress): string {
  return `${experiment}\n${kind}\n${step ?? ""}\n${label}`;
}
