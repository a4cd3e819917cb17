/** How the Logs page is looked at: all of it stands in the address. */
import { StepChoices } from "../../state/stepChoices.svelte";
import {
  filterParameter,
  flagParameter,
  jsonParameter,
  readParameter,
  writeParameter,
} from "../../state/view.svelte";

export const labelFilter = filterParameter("logs.labels");
export const search = filterParameter("logs.search");
export const wrap = flagParameter("logs.wrap", false);
export const steps = new StepChoices("logs");

/** Columns that somebody does not want to see. */
export const hidesTime = flagParameter("logs.no-time", false);
export const hidesOffset = flagParameter("logs.no-offset", false);

const LABELS = "logs.label";
const MOST_LABELS = 8;

/** Of the labels an experiment has, the one shown: what was chosen last, in whatever experiment, counts first. */
export function shownLabel(labels: readonly string[]): string | undefined {
  return readParameter(LABELS).find((label) => labels.includes(label)) ?? labels[0];
}

export function showLabel(label: string): void {
  const others = readParameter(LABELS).filter((other) => other !== label);
  writeParameter(LABELS, [label, ...others].slice(0, MOST_LABELS));
}

const TAGS = "logs.tag";

/** Only records of these tags; none: all lines. */
export function shownTags(): readonly string[] {
  return readParameter(TAGS);
}

export function showTags(tags: readonly string[]): void {
  writeParameter(TAGS, tags);
}

/** Where logs that do not follow their end are looked at: the offset of the first line in sight, by experiment and path. */
const places = jsonParameter<Record<string, number>>("logs.at", {}, isPlaces);

export function placeOf(log: string): number | null {
  return places.value[log] ?? null;
}

/** null: it follows its end. */
export function setPlace(log: string, offset: number | null): void {
  if (placeOf(log) === offset) return;
  const others = Object.entries(places.value).filter(([other]) => other !== log);
  places.value = Object.fromEntries(offset === null ? others : [...others, [log, offset]]);
}

function isPlaces(value: unknown): value is Record<string, number> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((offset) => Number.isSafeInteger(offset) && Number(offset) >= 0);
}

/** The server's regular expressions are not quite this browser's: what it cannot search for, and why. */
let refused = $state.raw({ text: "", reason: "" });

/** `reason`: "" if it can. */
export function noteSearch(text: string, reason: string): void {
  if (reason !== "" || refused.text === text) refused = { text, reason };
}

export function searchRefusal(): string {
  const { text, regex } = search.value;
  return regex && refused.text === text ? refused.reason : "";
}

const finders = new Set<(backwards: boolean) => void>();

/** Told when somebody asks for the next match in all logs. For effects. */
export function onFindRequest(find: (backwards: boolean) => void): () => void {
  finders.add(find);
  return () => finders.delete(find);
}

export function requestFind(backwards: boolean): void {
  for (const find of finders) find(backwards);
}
