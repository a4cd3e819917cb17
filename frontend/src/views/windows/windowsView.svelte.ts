/** How windows are looked at. All of it stands in the address. */
import { StepChoices } from "../../state/stepChoices.svelte";
import { flagParameter, textParameter } from "../../state/view.svelte";

/** The view (id of a board) that is shown; "": where windows were last put. */
export const chosenView = textParameter("windows.view", "", { step: true });
/** Where windows were put, as the file of a board in JSON, where no file keeps it: of several environments. */
export const layoutWord = textParameter("windows.layout", "");
/** A regular expression that is found in titles. */
export const titleFilter = textParameter("windows.filter", "");
/** One slider moves the histories of all windows. */
export const stepsTogether = flagParameter("windows.together", false);
export const steps = new StepChoices("windows");
