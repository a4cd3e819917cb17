/** How the Commands page is looked at: all of it stands in the address, edits included. */
import { flagParameter, jsonParameter, textParameter } from "../../state/view.svelte";
import type { Edit, Edits } from "../../frame/command";

/** The experiment with whose command the others are compared; "": none. */
export const otherExperiment = textParameter("commands.against", "");
export const differencesOnly = flagParameter("commands.differences", false);

const edits = jsonParameter<Record<string, Edits>>("commands.edits", {}, isEdits);
const NO_EDITS: Edits = {};

export function editsOf(experiment: string): Edits {
  return edits.value[experiment] ?? NO_EDITS;
}

/** undefined: as it was logged. */
export function setEdit(experiment: string, key: string, edit: Edit | undefined): void {
  const others = Object.entries(editsOf(experiment)).filter(([other]) => other !== key);
  setEdits(experiment, Object.fromEntries(edit === undefined ? others : [...others, [key, edit]]));
}

export function reset(experiment: string): void {
  setEdits(experiment, NO_EDITS);
}

function setEdits(experiment: string, changed: Edits): void {
  const others = Object.entries(edits.value).filter(([other]) => other !== experiment);
  edits.value = Object.fromEntries(
    Object.keys(changed).length > 0 ? [...others, [experiment, changed]] : others,
  );
}

function isEdits(value: unknown): value is Record<string, Edits> {
  return (
    isRecord(value) &&
    Object.values(value).every((each) => isRecord(each) && Object.values(each).every(isEdit))
  );
}

function isEdit(value: unknown): value is Edit {
  if (Array.isArray(value)) return value.every((entry) => typeof entry === "string");
  return ["string", "boolean", "number"].includes(typeof value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
