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

/** What a map of labels and a set of them have in common. */
interface ReadonlyKeys {
  keys: () => Iterable<string>;
}

/** Call it while a component is made; it loads and follows these experiments, those shown, as long as that lives. */
export function useLabelRows(
  kind: string,
  among: () => readonly string[] = () => selection.shownIds,
): LabelRows {
  const store = kind === "scalars" ? scalarLabels : catalogues;
  $effect(() => store.hold(among(), kind));

  const namesOf = (id: string): ReadonlyKeys =>
    kind === "scalars" ? scalarLabels.names(id) : catalogues.labels(id, kind);

  let ids: readonly string[] = [];
  let names: readonly ReadonlyKeys[] = [];
  let known: LabelRow[] = [];
  /** The same rows as long as no label comes or goes: points arrive many times a second. */
  const rows = $derived.by(() => {
    const shown = among();
    const found = shown.map(namesOf);
    if (shown === ids && found.every((each, index) => each === names[index])) return known;
    [ids, names] = [shown, found];
    const byLabel = new Map<string, string[]>();
    ids.forEach((id, index) => {
      for (const label of names[index]!.keys()) {
        const experiments = byLabel.get(label);
        if (experiments) experiments.push(id);
        else byLabel.set(label, [id]);
      }
    });
    known = [...byLabel].map(([label, experiments]) => ({ label, experiments }));
    return known;
  });

  const found = $derived.by(() => {
    const problems: Problem[] = [];
    let loading = 0;
    let error: Error | null = null;
    for (const id of among()) {
      const loaded = store.get(id);
      if (loaded?.state === "failed") error ??= loaded.error;
      else if (loaded?.state !== "ready") loading++;
      else problems.push(...loaded.value.problems);
    }
    return { loading, error, problems };
  });
  return {
    get rows() {
      return rows;
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
