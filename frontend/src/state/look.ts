/** What visible things want to hear of, merged into the one `look` message of the feed. */
import type { LookedAt } from "../api/feed";
import { createSubscriber } from "svelte/reactivity";
import { experiments } from "./experiments.svelte";
import { onFeed, sendLook } from "./connection.svelte";

/**
 * The server watches what is looked at, so this has an end; of the experiments those that changed last are taken. The
 * others are asked for again when the feed says that they changed at all, which it says of every experiment.
 */
export const MAX_EXPERIMENTS = 1000;

type Part = Partial<LookedAt>;

const NOTHING: LookedAt = { experiments: [], kinds: [], scalar_labels: [], files: [] };

const parts = new Set<Part>();
const whenLeft: ((experiments: ReadonlySet<string>, kinds: ReadonlySet<string>) => void)[] = [];
let wanted = NOTHING;
let looked = NOTHING;
let watched = new Set<string>();
let leftOut: ReadonlySet<string> = new Set();
let scheduled = false;

let tellLeftOut: () => void = () => undefined;
const hearLeftOut = createSubscriber((update) => {
  tellLeftOut = update;
  return () => (tellLeftOut = () => undefined);
});

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
  const before = wanted;
  wanted = {
    experiments: union("experiments"),
    kinds: union("kinds"),
    scalar_labels: union("scalar_labels"),
    files: union("files"),
  };
  if (JSON.stringify(wanted) === JSON.stringify(before)) return;
  const left = [
    difference(before.experiments, wanted.experiments),
    difference(before.kinds, wanted.kinds),
  ] as const;
  if (left[0].size || left[1].size) for (const tell of whenLeft) tell(...left);
  looked = { ...wanted, experiments: newest(wanted.experiments) };
  watched = new Set(looked.experiments);
  leftOut = difference(wanted.experiments, looked.experiments);
  tellLeftOut();
  sendLook(looked);
}

/** Told which experiments and kinds nobody looks at any more: what is known of them grows old from now on. */
export function onLeft(tell: (typeof whenLeft)[number]): void {
  whenLeft.push(tell);
}

/** Of which kinds changes are sent. */
export function kindsLookedAt(): readonly string[] {
  return looked.kinds;
}

/** Whether changes inside an experiment are sent one by one. */
function isWatched(experiment: string): boolean {
  return watched.has(experiment);
}

/**
 * Told of every experiment that changed in a way that no other message tells: it was removed, or it is not watched.
 * Returns the end of it.
 */
export function onUnwatchedChange(tell: (experiment: string) => void): () => void {
  return onFeed("experiments", ({ changed, removed }) => {
    for (const id of removed) tell(id);
    for (const { id } of changed) if (!isWatched(id)) tell(id);
  });
}

/** Those that something shows but that are too many to be followed. */
export function notFollowed(): ReadonlySet<string> {
  hearLeftOut();
  return leftOut;
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

function difference(before: readonly string[], after: readonly string[]): Set<string> {
  const left = new Set(before);
  for (const each of after) left.delete(each);
  return left;
}

function newest(ids: string[]): string[] {
  if (ids.length <= MAX_EXPERIMENTS) return ids;
  const changed = (id: string) => experiments.get(id)?.changed ?? 0;
  return [...ids]
    .sort((a, b) => changed(b) - changed(a))
    .slice(0, MAX_EXPERIMENTS)
    .sort();
}
