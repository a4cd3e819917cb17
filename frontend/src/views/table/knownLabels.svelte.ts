/**
 * Which labels there are to choose from, and which of them are results: as some of the experiments have them, so that it
 * needs no reading of all, and stays while somebody scrolls.
 */
import { rankResults } from "../../lib/resultLabels";
import { isSystem } from "../../lib/systemLabels";
import { compareNatural } from "../../lib/natural";
import { labelDefinitions, pinned } from "../../state/labelDefinitions.svelte";
import { scalarLabels } from "../../state/scalarLabels.svelte";
import { selection } from "../../state/selection.svelte";
import { Setting } from "../../state/settings.svelte";
import { steady } from "../../lib/steady";
import { commonLabels, sampleOf } from "./sample";

/** Experiments whose labels are looked at. */
const SAMPLE = 12;
const MOST_RESULTS = 24;
/** Up to so many labels are all charted at first; of more, so many results. */
const FEW = 9;
const MOST_CHARTED = 6;

/** Of the last visit: the table begins with its columns. */
const before = new Setting<readonly string[]>("results", []);

export interface KnownLabels {
  /** Whether they are those of now, and not of the last visit, or none. */
  readonly isKnown: boolean;
  /** In natural order. */
  readonly all: readonly string[];
  /** Those that look like results, the likeliest first. */
  readonly results: readonly string[];
  /** Those whose charts are seen first: all, where they are few; the results before the others. */
  readonly charted: readonly string[];
}

/** Call it while a component is made. `more`: other experiments whose labels are wanted now. */
export function useKnownLabels(more: () => readonly string[]): KnownLabels {
  const keepSample = steady<string[]>();
  const keepHeld = steady<string[]>();
  const keepAll = steady<string[]>();
  const keepCharted = steady<readonly string[]>();
  const keepResults = steady<readonly string[]>();

  const sample = $derived(keepSample(sampleOf(selection.shownIds, SAMPLE)));
  const held = $derived(keepHeld([...new Set([...sample, ...more()])]));
  $effect(() => scalarLabels.hold(held));

  const sets = $derived(
    sample.flatMap((id) => {
      const loaded = scalarLabels.get(id);
      return loaded?.state === "ready" ? [loaded.value.names] : [];
    }),
  );
  const isKnown = $derived(
    sample.length > 0 &&
      sample.every((id) => {
        const state = scalarLabels.get(id)?.state;
        return state === "ready" || state === "failed";
      }),
  );
  const all = $derived(
    keepAll([...new Set(held.flatMap((id) => [...scalarLabels.names(id)]))].sort(compareNatural)),
  );
  const results = $derived(
    keepResults(
      isKnown
        ? rankResults(commonLabels(sets).sort(compareNatural), pinned.value, (label) =>
            labelDefinitions.meaningOf(label),
          ).slice(0, MOST_RESULTS)
        : before.value,
    ),
  );
  const ofScripts = $derived(all.filter((label) => !isSystem(label)));
  const charted = $derived(
    keepCharted(
      isKnown && ofScripts.length <= FEW
        ? [...results, ...ofScripts.filter((label) => !results.includes(label))]
        : results.slice(0, MOST_CHARTED),
    ),
  );
  // By what they say: others on the page may remember the same.
  $effect(() => {
    if (isKnown && results.join("\n") !== before.value.join("\n")) before.value = results;
  });

  return {
    get isKnown() {
      return isKnown;
    },
    get all() {
      return all;
    },
    get results() {
      return results;
    },
    get charted() {
      return charted;
    },
  };
}
