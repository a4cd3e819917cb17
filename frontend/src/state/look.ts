/** What visible things want to hear of, merged into the one `look` message of the feed. */
import type { LookedAt } from "../api/feed";
import { experiments } from "./experiments.svelte";
import { sendLook } from "./connection.svelte";

/**
 * The server watches what is looked at, so this has an end; of the experiments those that changed last are taken. The
 * others are asked for again when the feed says that they changed at all.
 */
const MAX_EXPERIMENTS = 1000;

type Part = Partial<LookedAt>;

const parts = new Set<Part>();
let looked: LookedAt = { experiments: [], kinds: [], scalar_labels: [], files: [] };
let watched = new Set<string>();
let scheduled = false;

/** From now on, until the returned function is called, changes of this are sent. For effects. */
export function holdLook(part: Part): () => void {
  parts.add(part);
  schedule();
  return () => {
    parts.delete(part);
    schedule();
  };
}

/** Tell the server now. Call it before asking for what is newly looked at: then no change is missed in between. */
export function flushLook(): void {
  if (!scheduled) return;
  scheduled = false;
  const merged = {
    experiments: newest(union("experiments")),
    kinds: union("kinds"),
    scalar_labels: union("scalar_labels"),
    files: union("files"),
  };
  if (JSON.stringify(merged) === JSON.stringify(looked)) return;
  looked = merged;
  watched = new Set(merged.experiments);
  sendLook(merged);
}

/** Whether changes inside an experiment are sent one by one. */
export function isWatched(experiment: string): boolean {
  return watched.has(experiment);
}

export function whatIsLookedAt(): LookedAt {
  return looked;
}

function schedule(): void {
  if (scheduled) return;
  scheduled = true;
  queueMicrotask(flushLook);
}

function union(name: keyof LookedAt): string[] {
  const all = new Set<string>();
  for (const part of parts) for (const value of part[name] ?? []) all.add(value);
  return [...all].sort();
}

function newest(ids: string[]): string[] {
  if (ids.length <= MAX_EXPERIMENTS) return ids;
  const changed = (id: string) => experiments.get(id)?.changed ?? 0;
  return ids
    .sort((a, b) => changed(b) - changed(a))
    .slice(0, MAX_EXPERIMENTS)
    .sort();
}
