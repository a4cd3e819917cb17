/** How the Texts page is looked at: all of it stands in the address. */
import { StepChoices } from "../../state/stepChoices.svelte";
import { choiceParameter, flagParameter, numberParameter, textParameter } from "../../state/view.svelte";

export const steps = new StepChoices("texts");

export const shown = choiceParameter("texts.show", ["diff", "actual", "expected"]);
/** What a text is compared with: what was expected, another step of it, or another experiment's. */
export const against = choiceParameter("texts.against", ["expected", "step", "experiment"]);
export const otherStep = numberParameter("texts.other-step", 0);
/** Its id; "": none is chosen. */
export const otherExperiment = textParameter("texts.other-experiment", "");

export const unit = choiceParameter("texts.unit", ["word", "character", "line"]);
export const layout = choiceParameter("texts.layout", ["side", "inline"]);
export const changesOnly = flagParameter("texts.changes", false);
export const wrap = flagParameter("texts.wrap", true);

/** The text in the large view, as `experiment/step/label`; "": none. */
export const opened = textParameter("texts.open", "", { step: true });
