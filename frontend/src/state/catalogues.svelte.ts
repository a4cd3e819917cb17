/** Which labels and steps experiments have, of every kind but scalars (those: scalarLabels.svelte.ts). */
import { RefusedError } from "../api/http";
import { fetchCatalogue } from "../api/root";
import type { Catalogue, ItemChange, ItemsChanged, LabelEntry, Problem } from "../api/messages";
import { addStep, hasStep, removeStep, type Runs } from "../lib/steps";
import { onFeed } from "./connection.svelte";
import { kindsThere } from "./kindsThere.svelte";
import { PerExperiment, type Loaded } from "./perExperiment.svelte";

export interface LabelInfo {
  steps: Runs;
  hasGlobal: boolean;
  /** Of the past: what is there as it was written later. */
  later?: LabelEntry | undefined;
}

export interface ExperimentLabels {
  sequence: number;
  /** By kind, then label. */
  kinds: ReadonlyMap<string, ReadonlyMap<string, LabelInfo>>;
  problems: readonly Problem[];
}

const NOTHING: LabelInfo = { steps: [], hasGlobal: false };
const NO_LABELS: ReadonlyMap<string, LabelInfo> = new Map();

const store = new PerExperiment<ExperimentLabels>({ load, batches: [1] });

export const catalogues = {
  /** Load these experiments' labels of a kind and keep them current: `$effect(() => catalogues.hold(ids, kind))`. */
  hold(experiments: readonly string[], kind: string): () => void {
    return store.hold(experiments, [kind]);
  },

  get(experiment: string): Loaded<ExperimentLabels> | undefined {
    return store.get(experiment);
  },

  /** The labels of one kind; empty until loaded. */
  labels(experiment: string, kind: string): ReadonlyMap<string, LabelInfo> {
    const loaded = store.get(experiment);
    return (loaded?.state === "ready" ? loaded.value.kinds.get(kind) : undefined) ?? NO_LABELS;
  },

  info(experiment: string, kind: string, label: string): LabelInfo {
    return this.labels(experiment, kind).get(label) ?? NOTHING;
  },

  /** Whether the past is looked at, and an item is as it was written later. */
  isLater(experiment: string, kind: string, label: string, step: number | null): boolean {
    const { later } = this.info(experiment, kind, label);
    return later !== undefined && (step === null ? later.has_global : hasStep(later.steps, step));
  },
};

onFeed("items", applyChanges);

function applyChanges(message: ItemsChanged): void {
  store.update(message.experiment, (value) => {
    if (message.sequence <= value.sequence) return value;
    const kinds = new Map([...value.kinds].map(([kind, labels]) => [kind, new Map(labels)]));
    for (const change of message.changes) applyChange(kinds, change);
    return { ...value, sequence: message.sequence, kinds };
  });
}

async function load([experiment = ""]: string[]): Promise<Map<string, ExperimentLabels>> {
  try {
    return new Map([[experiment, toLabels(await fetchCatalogue(experiment))]]);
  } catch (error) {
    if (error instanceof RefusedError && error.status === 404) return new Map<string, ExperimentLabels>();
    throw error;
  }
}

function toLabels({ sequence, labels, problems, rewritten }: Catalogue): ExperimentLabels {
  const kinds = new Map<string, Map<string, LabelInfo>>();
  for (const { kind, label, steps, has_global } of labels) {
    const later = rewritten.find((entry) => entry.kind === kind && entry.label === label);
    labelsOf(kinds, kind).set(label, { steps, hasGlobal: has_global, later });
  }
  return { sequence, kinds, problems };
}

function applyChange(kinds: Map<string, Map<string, LabelInfo>>, change: ItemChange): void {
  const labels = labelsOf(kinds, change.kind);
  const info = labels.get(change.label) ?? NOTHING;
  const { step, removed } = change;
  const changed =
    step === null
      ? { ...info, hasGlobal: !removed }
      : { ...info, steps: removed ? removeStep(info.steps, step) : addStep(info.steps, step) };
  if (changed.hasGlobal || changed.steps.length) labels.set(change.label, changed);
  else labels.delete(change.label);
}

function labelsOf(kinds: Map<string, Map<string, LabelInfo>>, kind: string): Map<string, LabelInfo> {
  let labels = kinds.get(kind);
  if (!labels) kinds.set(kind, (labels = new Map<string, LabelInfo>()));
  kindsThere.meet(kind);
  return labels;
}
