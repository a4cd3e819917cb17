/** How the Confusion matrices page is looked at: all of it stands in the address. */
import { StepChoices } from "../../state/stepChoices.svelte";
import { choiceParameter } from "../../state/view.svelte";

export const steps = new StepChoices("confusion_matrices");

export const normalisation = choiceParameter("confusion_matrices.by", ["counts", "rows", "columns"]);
