/** How the Histograms page is looked at: all of it stands in the address. */
import { StepChoices } from "../../state/stepChoices.svelte";
import { choiceParameter } from "../../state/view.svelte";

export const steps = new StepChoices("histograms");

/** One step, or all of them: as hills behind each other, as columns of colours, as bands between percentiles. */
export const form = choiceParameter("histograms.form", ["step", "ridge", "heatmap", "bands"]);
