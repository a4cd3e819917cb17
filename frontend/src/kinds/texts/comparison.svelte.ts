/** A text, what it is compared with as the page's controls say, and how they differ. */
import { isAborted } from "../../api/client";
import type { ItemAddress, TextContent } from "../../api/messages";
import type { ItemPlace } from "../../lib/itemPlace";
import { shownStep } from "../../lib/stepChoice";
import type { TextDiff } from "../../lib/textDiff";
import { catalogues } from "../../state/catalogues.svelte";
import { experiments } from "../../state/experiments.svelte";
import { useItem, type ShownItem } from "../../state/items.svelte";
import { readable } from "../../lib/ids";
import { compareTexts } from "./differ";
import { against, otherExperiment, otherStep, unit } from "./view.svelte";

/** Two texts and their names; `left` is what was to be expected. */
export interface Pair {
  left: string;
  right: string;
  leftName: string;
  rightName: string;
}

export interface Comparison {
  readonly item: ShownItem;
  /** null: not there (yet). */
  readonly content: TextContent | null;
  /** null: there is nothing to compare with, and `missing` says what. */
  readonly pair: Pair | null;
  readonly missing: string;
  /** Of the pair when it was last compared; null: not yet, or both are equal. */
  readonly compared: { pair: Pair; diff: TextDiff } | null;
  readonly error: Error | null;
}

/** Call it while a component is made. */
export function useComparison(place: () => ItemPlace): Comparison {
  const item = useItem(() => addressOf(place()));
  const otherPlace = $derived(placeOfOther(place()));
  const other = useItem(() => otherPlace && addressOf(otherPlace));

  const content = $derived((item.latest?.content ?? null) as TextContent | null);
  const pair = $derived.by((): Pair | null => {
    if (!content) return null;
    if (against.value === "expected") {
      if (content.expected === null) return null;
      return { left: content.expected, right: content.actual, leftName: "Expected", rightName: "Actual" };
    }
    const otherContent = (other.latest?.content ?? null) as TextContent | null;
    if (!otherPlace || !otherContent) return null;
    const [leftName, rightName] = [otherPlace, place()].map(nameOf);
    return {
      left: otherContent.actual,
      right: content.actual,
      leftName: leftName ?? "",
      rightName: rightName ?? "",
    };
  });
  const missing = $derived.by(() => {
    if (pair || !content) return "";
    if (against.value === "expected") return "nothing expected";
    if (against.value === "step") return "no other step";
    return otherExperiment.value === "" ? "no experiment chosen" : "not in the other experiment";
  });

  let compared = $state.raw<Comparison["compared"]>(null);
  let error = $state.raw<Error | null>(null);
  $effect(() => {
    error = null;
    if (!pair || pair.left === pair.right) {
      compared = null;
      return;
    }
    const stop = new AbortController();
    void compare(pair, stop.signal);
    return () => stop.abort();
  });

  async function compare(wanted: Pair, signal: AbortSignal) {
    try {
      const diff = await compareTexts({ left: wanted.left, right: wanted.right, unit: unit.value }, signal);
      if (!signal.aborted) compared = { pair: wanted, diff };
    } catch (failure) {
      if (!isAborted(failure)) error = failure as Error;
    }
  }

  return {
    item,
    get content() {
      return content;
    },
    get pair() {
      return pair;
    },
    get missing() {
      return missing;
    },
    get compared() {
      return compared;
    },
    get error() {
      return error;
    },
  };
}

function placeOfOther(place: ItemPlace): ItemPlace | null {
  if (against.value === "expected") return null;
  const experiment = against.value === "step" ? place.experiment : otherExperiment.value;
  if (experiment === "") return null;
  const { steps, hasGlobal } = catalogues.info(experiment, "texts", place.label);
  const wanted = against.value === "step" ? otherStep.value : place.step;
  const found = wanted === null ? (hasGlobal ? { step: null } : null) : shownStep(steps, false, wanted);
  return found && { ...place, experiment, step: found.step };
}

function addressOf({ experiment, label, step }: ItemPlace): ItemAddress {
  return { experiment, kind: "texts", label, step };
}

function nameOf({ experiment, step }: ItemPlace): string {
  if (against.value === "experiment") return experiments.get(experiment)?.name ?? readable(experiment);
  return step === null ? "Without a step" : `Step ${step}`;
}
