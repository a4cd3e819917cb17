/** How the Arrays page is looked at: all of it stands in the address. */
import { StepChoices } from "../../state/stepChoices.svelte";
import { jsonParameter } from "../../state/view.svelte";

export const steps = new StepChoices("arrays");

/** Which part of an array is shown. */
export interface ArrayView {
  /** The axes that go downwards and to the right; of one axis alone it goes to the right. */
  axes?: number[];
  /** The place along each of the others. */
  at?: number[];
  /** The part of the rows and of the columns that is zoomed in on: first, and one after the last. */
  rows?: number[];
  columns?: number[];
}

/** By label: arrays of several experiments and steps are looked at in the same way. */
const views = jsonParameter<Record<string, ArrayView>>("arrays.views", {}, isViews);

export function viewOf(label: string): ArrayView {
  return views.value[label] ?? {};
}

export function setView(label: string, view: ArrayView): void {
  const others = Object.entries(views.value).filter(([other]) => other !== label);
  views.value = Object.fromEntries([...others, [label, view]]);
}

function isViews(value: unknown): value is Record<string, ArrayView> {
  const isPlaces = (part: unknown) =>
    Array.isArray(part) && part.every((place) => Number.isSafeInteger(place) && (place as number) >= 0);
  const isView = (view: unknown) =>
    typeof view === "object" && view !== null && Object.values(view).every(isPlaces);
  return typeof value === "object" && value !== null && Object.values(value).every(isView);
}
