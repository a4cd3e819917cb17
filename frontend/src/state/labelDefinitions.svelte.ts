/** What the labels on the page are: what the root's `lavdlike.yaml` says, then the scripts of the experiments shown. */
import type { EditAnswer, ExperimentSummary, LabelDefinition } from "../api/messages";
import { distinct, meaningOf, type Definition, type LabelMeaning } from "../lib/labelDefinitions";
import { experiments } from "./experiments.svelte";
import { editRoot, rootSettings } from "./rootSettings.svelte";
import { selection } from "./selection.svelte";
import { jsonParameter } from "./view.svelte";

/** Scalars that somebody wants to see first, in the order in which they were pinned. */
export const pinned = jsonParameter<readonly string[]>("scalars.pins", [], isTexts);

/** As text: rows change all the time, and what derives from an equal text is not made anew. */
const ofScripts = $derived.by(() => {
  const words = new Set<string>();
  for (const id of selection.shownIds) {
    const word = wordOf(experiments.get(id));
    if (word) words.add(word);
  }
  return `[${[...words].join()}]`;
});
const ofPeople = $derived(rootSettings.labels);

const definitions = $derived(distinct([...ofPeople, ...(JSON.parse(ofScripts) as Definition[][]).flat()]));
const meanings = $derived.by(() => {
  void definitions;
  return new Map<string, LabelMeaning>();
});

/** Say it in `lavdlike.yaml`, in the place of what stands there under the same pattern. null: it could not be asked for. */
export function saveDefinition(definition: LabelDefinition): Promise<EditAnswer | null> {
  return editRoot(
    (match) => ({ action: "define", match, definition }),
    ({ labels }) => JSON.stringify(labels.find(({ pattern }) => pattern === definition.pattern)),
  );
}

const words = new WeakMap<ExperimentSummary, string>();

function wordOf(experiment: ExperimentSummary | undefined): string {
  if (!experiment?.labels.length) return "";
  let word = words.get(experiment);
  if (word === undefined) words.set(experiment, (word = JSON.stringify(experiment.labels)));
  return word;
}

export const labelDefinitions = {
  /** Of the experiments on the page. */
  meaningOf(label: string): LabelMeaning {
    const known = meanings;
    let meaning = known.get(label);
    if (!meaning) known.set(label, (meaning = meaningOf(label, definitions)));
    return meaning;
  },

  /** What stands in `lavdlike.yaml` under just this pattern. */
  ownOf(pattern: string): Definition | undefined {
    return ofPeople.find((definition) => definition.pattern === pattern);
  },

  /** What a label would be if nothing stood in `lavdlike.yaml` under this pattern. */
  meaningWithout(pattern: string, label: string): LabelMeaning {
    const others = definitions.filter((definition) => definition !== labelDefinitions.ownOf(pattern));
    return meaningOf(label, others);
  },
};

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === "string");
}
