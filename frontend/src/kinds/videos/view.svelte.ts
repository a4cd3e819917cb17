/** How the Videos page is looked at: all of it stands in the address. */
import { StepChoices } from "../../state/stepChoices.svelte";
import { choiceParameter, textParameter } from "../../state/view.svelte";

export const steps = new StepChoices("videos");

/** How fast videos play. */
export const speed = choiceParameter("videos.speed", ["1", "0.25", "0.5", "2", "4"]);

/** The one in the large view (lib/openedItem.ts); "": none. */
export const opened = textParameter("videos.open", "", { step: true });
