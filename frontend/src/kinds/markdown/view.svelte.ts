/** How the Markdown page is looked at: all of it stands in the address. */
import { StepChoices } from "../../state/stepChoices.svelte";
import { choiceParameter, textParameter } from "../../state/view.svelte";

export const steps = new StepChoices("markdown");
export const form = choiceParameter("markdown.as", ["rendered", "source"]);

/** The document in the large view (lib/openedItem.ts); "": none. */
export const opened = textParameter("markdown.open", "", { step: true });
