/** How the Audio page is looked at: all of it stands in the address. */
import { StepChoices } from "../../state/stepChoices.svelte";
import { flagParameter, textParameter } from "../../state/view.svelte";

export const steps = new StepChoices("audio");

/** Which sound is started goes on where the last one stood, to compare them. */
export const linked = flagParameter("audio.linked", false);

/** The one in the large view (lib/openedItem.ts); "": none. */
export const opened = textParameter("audio.open", "", { step: true });
