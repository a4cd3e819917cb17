/** How the Models page is looked at: all of it stands in the address. */
import { decodeFilter, encodeFilter, type Filter } from "../../lib/filter";
import { StepChoices } from "../../state/stepChoices.svelte";
import { jsonParameter } from "../../state/view.svelte";

export const steps = new StepChoices("models");

export interface ModelView {
  /** Of the tensors' names, as a word (`encodeFilter`). */
  filter?: string;
  /** The file it is compared with (`tensorRows.otherKey`). */
  against?: string;
}

/** By label: models of several experiments and steps are looked at in the same way. */
const views = jsonParameter<Record<string, ModelView>>("models.views", {}, isViews);

export function viewOf(label: string): ModelView {
  return views.value[label] ?? {};
}

export function changeView(label: string, change: ModelView): void {
  const changed = Object.fromEntries(
    Object.entries({ ...viewOf(label), ...change }).filter(([, value]) => value !== ""),
  ) as ModelView;
  const others = Object.entries(views.value).filter(([other]) => other !== label);
  views.value = Object.fromEntries(Object.keys(changed).length > 0 ? [...others, [label, changed]] : others);
}

export function filterOf(label: string): Filter {
  return decodeFilter(viewOf(label).filter ?? "");
}

export function setFilter(label: string, filter: Filter): void {
  changeView(label, { filter: filter.text === "" ? "" : encodeFilter(filter) });
}

function isViews(value: unknown): value is Record<string, ModelView> {
  const isView = (view: unknown) =>
    typeof view === "object" &&
    view !== null &&
    Object.entries(view).every(
      ([name, part]) => ["filter", "against"].includes(name) && typeof part === "string",
    );
  return typeof value === "object" && value !== null && Object.values(value).every(isView);
}
