/** What a filter can be made of here: fields and values in which experiments differ, all settings, labels of scalars. */
import { fetchFilter } from "../../api/root";
import type { Facet } from "../../api/messages";
import { quoted } from "../../lib/filterTerms";
import { compareNatural } from "../../lib/natural";
import { configOf } from "../../state/configs";
import { experiments } from "../../state/experiments.svelte";
import { scalarLabels } from "../../state/scalarLabels.svelte";
import { selection } from "../../state/selection.svelte";
import { sampleOf } from "../table/sample";
import type { Vocabulary } from "./completions";

/** Experiments whose settings and labels are looked at. */
const SAMPLE = 12;
/** What was asked is good for so long. */
const FRESH_MS = 15_000;

let facets = $state.raw<readonly Facet[]>([]);
let askedAt = -Infinity;

/** Call it while a component is made; `isWanted`: somebody types. */
export function useVocabulary(isWanted: () => boolean): { readonly current: Vocabulary } {
  const sample = $derived(isWanted() ? sampleOf(selection.shownIds, SAMPLE) : []);
  const key = $derived(sample.join("\n"));
  $effect(() => (key === "" ? undefined : scalarLabels.hold(key.split("\n"))));
  $effect(() => {
    if (isWanted()) void ask();
  });
  const labels = $derived(
    [...new Set(sample.flatMap((id) => [...scalarLabels.names(id)]))].sort(compareNatural),
  );
  const fields = $derived.by(() => {
    const known = facets.map(({ written, values }) => ({ written, values }));
    const names = new Set(facets.map(({ field }) => field));
    const others = sample.flatMap((id) => [...configOf(experiments.get(id)!).keys()]);
    const same = [...new Set(others)].filter((name) => !names.has(name)).sort(compareNatural);
    return [...known, ...same.map((name) => ({ written: quoted(name), values: [] }))];
  });
  const current = $derived({ fields, labels });
  return {
    get current() {
      return current;
    },
  };
}

async function ask(): Promise<void> {
  const now = performance.now();
  if (now - askedAt < FRESH_MS) return;
  askedAt = now;
  try {
    facets = (await fetchFilter({ filter: "", archived: true, facets: true })).facets;
  } catch {
    askedAt = -Infinity; // Without values names are completed all the same; the next focus asks again.
  }
}
