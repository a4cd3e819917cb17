/** Which experiments the root holds. A plain map beside version signals: 10,000 of them are no deep state. */
import { compareNatural } from "../lib/natural";
import { startOf } from "../lib/sessions";
import type { ExperimentsChanged, ExperimentSummary } from "../api/messages";
import { Setting } from "./settings.svelte";

export type SortBy = "name" | "changed" | "created";

const byId = new Map<string, ExperimentSummary>();
/** Grows when experiments come or go. */
let members = $state(0);
/** Grows with every change of any of them. */
let changes = $state(0);

export const sortBy = new Setting<SortBy>("sort", "name");

export const experiments = {
  get count(): number {
    void members;
    return byId.size;
  },

  get(id: string): ExperimentSummary | undefined {
    void changes;
    return byId.get(id);
  },

  /** Of which kinds any of them has something, as far as was seen at a glance. */
  get kinds(): ReadonlySet<string> {
    return kinds;
  },

  /** All of them in the chosen order. What is said of each may be older than what `get` says. */
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

const byName = $derived.by(() => {
  void members;
  return [...byId.values()].sort((a, b) => compareNatural(a.name, b.name)).map(({ id }) => id);
});

const sorted = $derived.by(() => {
  if (sortBy.value === "name") return byName.flatMap((id) => byId.get(id) ?? []);
  void changes;
  const time = sortBy.value === "changed" ? (each: ExperimentSummary) => each.changed : startOf;
  return byName.flatMap((id) => byId.get(id) ?? []).sort((a, b) => (time(b) ?? 0) - (time(a) ?? 0));
});

export function replaceExperiments(all: readonly ExperimentSummary[]): void {
  byId.clear();
  for (const experiment of all) byId.set(experiment.id, experiment);
  members++;
  changes++;
}

export function applyExperimentsChanged({ changed, removed }: ExperimentsChanged): void {
  const before = byId.size;
  for (const experiment of changed) byId.set(experiment.id, experiment);
  const added = byId.size > before;
  const gone = removed.filter((id) => byId.delete(id));
  if (added || gone.length) members++;
  touch();
}

let scheduled = false;

/** Many changes in a row, such as the details of ten thousand experiments, are one for those who show them. */
function touch(): void {
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(() => {
    scheduled = false;
    changes++;
  });
}
