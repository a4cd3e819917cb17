/** How the Forms page is looked at: all of it stands in the address. */
import { StepChoices } from "../../state/stepChoices.svelte";

export const steps = new StepChoices("forms");
