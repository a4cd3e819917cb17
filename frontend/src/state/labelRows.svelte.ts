/** The labels of one kind over all shown experiments: what a kind's page lists. */
import type { Problem } from "../api/messages";
import { catalogues } from "./catalogues.svelte";
import { scalarLabels } from "./scalarLabels.svelte";
import { selection } from "./selection.svelte";

export interface LabelRow {
  label: string;
  /** The shown experiments that have it, in the sidebar's order. */
  experiments: readonly string[];
}

export interface LabelRows {
  readonly rows: readonly LabelRow[];
  /** Experiments whose labels are still to come. */
  readonly loading: number;
  /** The first failure, if any experiment's labels could not be had. */
  readonly error: Error | null;
  readonly problems: readonly Problem[];
}

/** Call it while a component is made; it loads and follows the shown experiments as long as that lives. */
export function useLabelRows(kind: string): LabelRows {
  const store = kind === "scalars" ? scalarLabels : catalogues;
  $effect(() => store.hold(selection.shownIds, kind));

  const found = $derived.by(() => {
    const byLabel = new Map<string, string[]>();
    const problems: Problem[] = [];
    let loading = 0;
    let error: Error | null = null;
    for (const id of selection.shownIds) {
      const loaded = store.get(id);
      if (loaded?.state === "failed") error ??= loaded.error;
      else if (loaded?.state !== "ready") loading++;
      else problems.push(...loaded.value.problems);
      const labels = kind === "scalars" ? scalarLabels.labels(id) : catalogues.labels(id, kind);
      for (const label of labels.keys()) {
        const experiments = byLabel.get(label);
        if (experiments) experiments.push(id);
        else byLabel.set(label, [id]);
      }
    }
    const rows = [...byLabel].map(([label, experiments]) => ({ label, experiments }));
    return { rows, loading, error, problems };
  });
  return {
    get rows() {
      return found.rows;
    },
    get loading() {
      return found.loading;
    },
    get error() {
      return found.error;
    },
    get problems() {
      return found.problems;
    },
  };
}
