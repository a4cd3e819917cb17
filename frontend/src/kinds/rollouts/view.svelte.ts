/** How the Rollouts page is looked at: all of it stands in the address. */
import type { NumberRange, RolloutRole, RolloutsRequest } from "../../api/messages";
import { StepChoices } from "../../state/stepChoices.svelte";
import { choiceParameter, flagParameter, jsonParameter } from "../../state/view.svelte";

/** Rollouts of all steps are one list. */
export const steps = new StepChoices("rollouts");

/** Which rollouts of a label are listed, in which order. */
export interface RolloutView {
  /** The name of a number. */
  sort?: string | undefined;
  descending?: boolean | undefined;
  text?: string;
  /** The text is a regular expression. */
  regex?: boolean;
  role?: RolloutRole;
  ranges?: NumberRange[];
}

/** The rollouts of a label in one experiment: those of its steps, or those of its file without one. */
export interface RolloutList {
  experiment: string;
  label: string;
  global: boolean;
}

/** Which rollout, as rows of the list name it. */
export interface RolloutKey {
  file: string;
  offset: number;
}

/** The one that is open; `at`: its place in the list; `other`: one that it is compared with. */
export interface OpenedRollout extends RolloutList, RolloutKey {
  at: number;
  other?: RolloutKey;
}

/** By label: lists of several experiments are looked at in the same way. */
const views = jsonParameter<Record<string, RolloutView>>("rollouts.views", {}, isViews);
export const opened = jsonParameter<OpenedRollout | null>("rollouts.open", null, isOpened, { step: true });
export const changesOnly = flagParameter("rollouts.changes", false);
export const layout = choiceParameter("rollouts.layout", ["side", "inline"]);

export function viewOf(label: string): RolloutView {
  return views.value[label] ?? {};
}

export function changeView(label: string, change: RolloutView): void {
  const changed = Object.fromEntries(
    Object.entries({ ...viewOf(label), ...change }).filter(
      ([, value]) => value !== undefined && value !== "" && value !== false && !isEmpty(value),
    ),
  ) as RolloutView;
  const others = Object.entries(views.value).filter(([other]) => other !== label);
  const isPlain = Object.keys(changed).length === 0;
  views.value = Object.fromEntries(isPlain ? others : [...others, [label, changed]]);
}

/** What is asked of the server for the list as it is looked at. */
export function requestOf({ experiment, label, global }: RolloutList): Partial<RolloutsRequest> {
  const { sort = "", descending = false, text = "", regex = false, role = "", ranges = [] } = viewOf(label);
  return { experiment, label, is_global: global, sort, descending, text, regex, role, ranges };
}

const isEmpty = (value: unknown) => Array.isArray(value) && value.length === 0;

const TYPES: Record<string, (value: unknown) => boolean> = {
  sort: (value) => typeof value === "string",
  descending: (value) => typeof value === "boolean",
  text: (value) => typeof value === "string",
  regex: (value) => typeof value === "boolean",
  role: (value) => typeof value === "string",
  ranges: (value) => Array.isArray(value) && value.every(isRange),
};

function isRange(value: unknown): value is NumberRange {
  if (!isObject(value) || typeof value["name"] !== "string") return false;
  return [value["least"], value["most"]].every((end) => end === null || typeof end === "number");
}

function isViews(value: unknown): value is Record<string, RolloutView> {
  const isView = (view: unknown) =>
    isObject(view) && Object.entries(view).every(([name, part]) => TYPES[name]?.(part) ?? false);
  return isObject(value) && Object.values(value).every(isView);
}

function isKey(value: unknown): value is RolloutKey {
  return isObject(value) && typeof value["file"] === "string" && typeof value["offset"] === "number";
}

function isOpened(value: unknown): value is OpenedRollout | null {
  if (value === null) return true;
  if (!isObject(value) || !isKey(value)) return false;
  const { experiment, label, global, at, other } = value as Partial<OpenedRollout>;
  const isPlace = typeof experiment === "string" && typeof label === "string" && typeof global === "boolean";
  return isPlace && typeof at === "number" && (other === undefined || isKey(other));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
