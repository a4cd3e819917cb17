/** Which experiments the root holds, and what people said of them. A plain map beside version signals: 10,000 of them are no deep state. */
import type { ExperimentsChanged, ExperimentSummary } from "../api/messages";
import { readable } from "../lib/ids";
import { compareNatural } from "../lib/natural";
import { onFeed } from "./connection.svelte";
import { startOf } from "./sessions";
import { Setting } from "./settings.svelte";

export type SortBy = "name" | "changed" | "created";

const byId = new Map<string, ExperimentSummary>();
/** Grows when experiments come or go. */
let members = $state(0);
/** Grows with every change of any of them. */
let changes = $state(0);
/** Grows when people say something else of any of them: seldom, so that lists may be made anew. */
let said = $state(0);
/** Grows when any has another title. */
let titles = $state(0);

/** A tag, and how many experiments have it. */
export interface KnownTag {
  tag: string;
  count: number;
}

export const sortBy = new Setting<SortBy>("sort", "name");
export const starredFirst = new Setting("starred-first", false);

export const experiments = {
  get count(): number {
    void members;
    return byId.size;
  },

  get(id: string): ExperimentSummary | undefined {
    void changes;
    return byId.get(id);
  },

  /** What people call it: its title, or else its name. */
  nameOf(id: string): string {
    void members;
    void titles;
    const experiment = byId.get(id);
    return experiment ? shownName(experiment) : readable(id);
  },

  /** Every tag that any of them has, with how many have it; the most frequent first. */
  get tags(): readonly KnownTag[] {
    return tags;
  },

  /** The colours that people have marked experiments with, by id, as they wrote them. */
  get colours(): ReadonlyMap<string, string> {
    return colours;
  },

  /** Of which kinds any of them has something, as far as was seen at a glance. */
  get kinds(): ReadonlySet<string> {
    return kinds;
  },

  /** Whether any of them has a setting. */
  get haveSettings(): boolean {
    return haveSettings;
  },

  /** All of them in the chosen order. What scripts write of each may be older than what `get` says. */
  get sorted(): readonly ExperimentSummary[] {
    return sorted;
  },
};

const kinds = $derived.by(() => {
  void changes;
  const found = new Set<string>();
  for (const experiment of byId.values()) for (const kind of experiment.kinds) found.add(kind);
  return found;
});

const haveSettings = $derived.by(() => {
  void changes;
  for (const { config } of byId.values()) for (const _ in config) return true;
  return false;
});

const colours = $derived.by(() => {
  void said;
  const found = new Map<string, string>();
  for (const { id, colour } of byId.values()) if (colour) found.set(id, colour);
  return found;
});

const tags = $derived.by(() => {
  void members;
  void said;
  const counts = new Map<string, number>();
  for (const experiment of byId.values())
    for (const tag of experiment.tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return [...counts]
    .map(([tag, count]) => ({ tag, count }))
    .sort((a, b) => b.count - a.count || compareNatural(a.tag, b.tag));
});

const byName = $derived.by(() => {
  void members;
  void titles;
  return [...byId.values()].sort((a, b) => compareNatural(shownName(a), shownName(b))).map(({ id }) => id);
});

const byOrder = $derived.by(() => {
  void said;
  if (sortBy.value === "name") return byName.flatMap((id) => byId.get(id) ?? []);
  void changes;
  const time = sortBy.value === "changed" ? (each: ExperimentSummary) => each.changed : startOf;
  return byName.flatMap((id) => byId.get(id) ?? []).sort((a, b) => (time(b) ?? 0) - (time(a) ?? 0));
});

const sorted = $derived(
  starredFirst.value ? byOrder.toSorted((a, b) => Number(b.starred) - Number(a.starred)) : byOrder,
);

/** What people call it: its title, or else its name. */
export function shownName({ title, name }: Pick<ExperimentSummary, "title" | "name">): string {
  return title || name;
}

export function replaceExperiments(all: readonly ExperimentSummary[]): void {
  byId.clear();
  for (const experiment of all) byId.set(experiment.id, experiment);
  members++;
  changes++;
  said++;
  titles++;
}

onFeed("experiments", applyChanges);

function applyChanges({ changed, removed }: ExperimentsChanged): void {
  const before = byId.size;
  pending.titles ||= changed.some(({ id, title }) => (byId.get(id)?.title ?? "") !== title);
  pending.said ||= changed.some(saysSomethingElse);
  for (const experiment of changed) byId.set(experiment.id, experiment);
  const added = byId.size > before;
  const gone = removed.filter((id) => byId.delete(id));
  if (added || gone.length) members++;
  touch();
}

function saysSomethingElse(now: ExperimentSummary): boolean {
  const before = byId.get(now.id);
  return (
    before?.title !== now.title ||
    before.starred !== now.starred ||
    before.archived !== now.archived ||
    before.colour !== now.colour ||
    before.tags.join("\n") !== now.tags.join("\n")
  );
}

let scheduled = false;
/** Which signals grow with the next frame, beside that of every change. */
let pending = { said: false, titles: false };

/** Many changes in a row, such as the details of ten thousand experiments, are one for those who show them. */
function touch(): void {
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(() => {
    scheduled = false;
    changes++;
    if (pending.said) said++;
    if (pending.titles) titles++;
    pending = { said: false, titles: false };
  });
}
