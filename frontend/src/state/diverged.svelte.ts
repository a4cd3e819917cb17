/** Which of the shown experiments have diverged, as far as the values of their labels are known on the page. */
import type { ScalarLabel } from "../api/messages";
import { divergedIn } from "../lib/divergence";
import { goalOf } from "../lib/resultLabels";
import { labelDefinitions } from "./labelDefinitions.svelte";
import { scalarLabels } from "./scalarLabels.svelte";
import { selection } from "./selection.svelte";
import { useSigns } from "./signs.svelte";

/** By experiment, why. */
const reasons = $derived.by(() => {
  const byLabel = new Map<string, Map<string, ScalarLabel>>();
  for (const id of selection.shownIds) {
    for (const [label, known] of scalarLabels.labels(id)) {
      const all = byLabel.get(label);
      if (all) all.set(id, known);
      else byLabel.set(label, new Map([[id, known]]));
    }
  }
  const found = new Map<string, string>();
  for (const [label, known] of byLabel) {
    if (goalOf(label, labelDefinitions.meaningOf(label)) !== "min") continue;
    for (const [id, reason] of divergedIn(label, known)) if (!found.has(id)) found.set(id, reason);
  }
  return found;
});

/** False as long as its scalars are not known. */
export function hasDiverged(experiment: string): boolean {
  return reasons.has(experiment);
}

/** In words; "" if it has not. */
export function whyDiverged(experiment: string): string {
  return reasons.get(experiment) ?? "";
}

useSigns((experiment) => (hasDiverged(experiment) ? `Diverged: ${whyDiverged(experiment)}` : ""));
