/** How the Figures page is looked at: all of it stands in the address. */
import { StepChoices } from "../../state/stepChoices.svelte";
import { textParameter } from "../../state/view.svelte";

export const steps = new StepChoices("figures");

/** The one in the large view (lib/openedItem.ts); "": none. */
export const opened = textParameter("figures.open", "", { step: true });
