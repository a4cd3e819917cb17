/** How the PR curves page is looked at: all of it stands in the address. */
import { StepChoices } from "../../state/stepChoices.svelte";
import { Parameter } from "../../state/view.svelte";

export const steps = new StepChoices("pr_curves");

/** The threshold that is marked on each curve, for each label; absent: half-way. */
export const threshold = new Parameter<number | null>("pr_curves.threshold", null, {
  decode: (text) => (text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : undefined),
  encode: String,
});
