/** A text, what it is compared with as the page's controls say, and how they differ. */
import type { TextContent } from "../../api/messages";
import type { ItemPlace } from "../../lib/itemPlace";
import { shownStep } from "../../lib/stepChoice";
import { catalogues } from "../../state/catalogues.svelte";
import { experiments } from "../../state/experiments.svelte";
import { useItem, type ShownItem } from "../../state/items.svelte";
import { useLatest } from "../../state/latest.svelte";
import { compareTexts } from "../../lib/differ";
import type { TextDiff, TextPair } from "../../lib/textDiff";
import { against, otherExperiment, otherStep, unit } from "./view.svelte";

export interface Comparison {
  readonly item: ShownItem;
  /** null: not there (yet). */
  readonly content: TextContent | null;
  /** null: there is nothing to compare with, and `missing` says what. */
  readonly pair: TextPair | null;
  readonly missing: string;
  /** Of the pair when it was last compared; null: not yet, or both are equal. */
  readonly compared: { pair: TextPair; diff: TextDiff } | null;
  readonly error: Error | null;
}

/** Call it while a component is made. */
export function useComparison(place: () => ItemPlace): Comparison {
  const item = useItem("texts", place);
  const otherPlace = $derived(placeOfOther(place()));
  const other = useItem("texts", () => otherPlace);

  const content = $derived(item.latest?.content ?? null);
  const pair = $derived.by((): TextPair | null => {
    if (!content) return null;
    if (against.value === "expected") {
      if (content.expected === null) return null;
      return { left: content.expected, right: content.actual, leftName: "Expected", rightName: "Actual" };
    }
    const otherContent = other.latest?.content;
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

  const latest = useLatest(
    () => (pair && pair.left !== pair.right ? { pair, unit: unit.value } : null),
    async ({ pair, unit }, signal) => {
      const { left, right } = pair;
      return { pair, diff: await compareTexts({ left, right, unit }, signal) };
    },
  );

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
      return latest.answer;
    },
    get error() {
      return latest.error;
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

function nameOf({ experiment, step }: ItemPlace): string {
  if (against.value === "experiment") return experiments.nameOf(experiment);
  return step === null ? "Without a step" : `Step ${step}`;
}
