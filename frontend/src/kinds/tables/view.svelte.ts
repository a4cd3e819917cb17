/** How the Tables page is looked at: all of it stands in the address. */
import { decodeFilter, encodeFilter, type Filter } from "../../lib/filter";
import { StepChoices } from "../../state/stepChoices.svelte";
import { jsonParameter } from "../../state/view.svelte";

export const steps = new StepChoices("tables");

/** Which rows of a table are shown, in which order. */
export interface TableView {
  /** As a word (`encodeFilter`). */
  filter?: string;
  /** The place of a column. */
  sort?: number;
  descending?: boolean;
  /** As Python has it. */
  slice?: string;
}

/** By label: tables of several experiments and steps are looked at in the same way. */
const views = jsonParameter<Record<string, TableView>>("tables.views", {}, isViews);

export function viewOf(label: string): TableView {
  return views.value[label] ?? {};
}

export function changeView(label: string, change: TableView): void {
  const changed = Object.fromEntries(
    Object.entries({ ...viewOf(label), ...change }).filter(([, value]) => value !== "" && value !== false),
  ) as TableView;
  const others = Object.entries(views.value).filter(([other]) => other !== label);
  const isPlain = Object.values(changed).every((value) => value === undefined);
  views.value = Object.fromEntries(isPlain ? others : [...others, [label, changed]]);
}

export function filterOf(label: string): Filter {
  return decodeFilter(viewOf(label).filter ?? "");
}

export function setFilter(label: string, filter: Filter): void {
  changeView(label, { filter: encodeFilter(filter) });
}

function isViews(value: unknown): value is Record<string, TableView> {
  const isView = (view: unknown) =>
    typeof view === "object" &&
    view !== null &&
    Object.entries(view).every(([name, part]) => typeof part === TYPES[name]);
  return typeof value === "object" && value !== null && Object.values(value).every(isView);
}

const TYPES: Record<string, string> = {
  filter: "string",
  sort: "number",
  descending: "boolean",
  slice: "string",
};
