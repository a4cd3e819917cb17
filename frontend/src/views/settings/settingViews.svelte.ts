/** What is chosen on the page of settings. All of it stands in the address. */
import { choiceParameter, readParameter, textParameter, writeParameter } from "../../state/view.svelte";

export const VIEWS = ["parallel", "scatter", "importance", "matrix"] as const;
export const settingsView = choiceParameter("settings.view", VIEWS, { step: true });

/** Of `resultColour`: as everywhere. */
export const AS_EVERYWHERE = "-";
/** The result that lines and points are coloured by; "": nobody has said. */
export const resultColour = textParameter("settings.colour", "");
/** Of importance and matrix; "": the likeliest. */
export const chosenResult = textParameter("settings.result", "");
export const scatterX = textParameter("settings.x", "");
export const scatterY = textParameter("settings.y", "");
/** "": all points have the same size. */
export const scatterSize = textParameter("settings.size", "");
export const matrixRows = textParameter("settings.rows", "");
export const matrixColumns = textParameter("settings.columns", "");
export const matrixSummary = choiceParameter("settings.summary", ["best", "mean"]);

const AXES = "settings.axes";
const LOG = "settings.log";
const PLAIN = "settings.linear";

export const axisChoice = {
  /** Keys, from left to right; none: those that are shown at first. */
  get keys(): readonly string[] {
    return readParameter(AXES);
  },
  set keys(keys: readonly string[]) {
    writeParameter(AXES, keys);
  },
};

/** Whether a field's axis is to be logarithmic; null: as its numbers ask for. */
export function logChoiceOf(key: string): boolean | null {
  if (readParameter(LOG).includes(key)) return true;
  return readParameter(PLAIN).includes(key) ? false : null;
}

export function chooseLog(key: string, log: boolean): void {
  for (const [name, isIts] of [
    [LOG, log],
    [PLAIN, !log],
  ] as const) {
    const others = readParameter(name).filter((each) => each !== key);
    writeParameter(name, isIts ? [...others, key] : others);
  }
}
