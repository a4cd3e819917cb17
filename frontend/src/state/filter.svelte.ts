/**
 * The filter of experiments (docs/filter.md). Its text stands in the address; the server says which experiments it lets
 * through, and into which groups they fall. While there is neither a text nor a grouping, nothing is asked.
 */
import { untrack } from "svelte";
import { isAborted, UnreachableError } from "../api/http";
import { fetchFilter } from "../api/root";
import type { FilterAnswer, FilterMistake, Group } from "../api/messages";
import { onAnswering, onFeed } from "./connection.svelte";
import { experiments } from "./experiments.svelte";
import { groupChoice } from "./groupChoice.svelte";
import { textParameter } from "./view.svelte";

/** From the last key to the question. */
const KEY_MS = 60;
/** Between two questions of the same text: rows have changed, or files are still being read. */
const AGAIN_MS = 1000;

const NOBODY: ReadonlySet<string> = new Set();
const NO_GROUPS: readonly Group[] = [];
const NO_MISTAKES: readonly FilterMistake[] = [];
const NO_NOTES: readonly string[] = [];

const text = textParameter("q", "");
const isFiltering = $derived(text.value.trim() !== "");
/** As JSON, so that the same question is the same value; "" is none. */
const question = $derived(
  isFiltering || groupChoice.isOn
    ? JSON.stringify({ filter: text.value, archived: true, grouping: groupChoice.asked })
    : "",
);

type Said = Pick<FilterAnswer, "mistakes" | "notes" | "unread" | "is_live">;

/** Whom the last filter without a mistake lets through; null: all; undefined: nothing was answered yet. */
let letThrough = $state.raw<ReadonlySet<string> | null | undefined>(undefined);
let groups = $state.raw<readonly Group[]>(NO_GROUPS);
let said = $state.raw<Said | null>(null);
/** Why there was no answer. */
let failure = $state("");
let flight: AbortController | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;
/** Rows have changed since the question under way was asked. */
let isAskedAgain = false;
/** The text that `letThrough` is about; null: none was answered yet. */
let answered: string | null = null;
/** The last text without a mistake. */
let right = $state("");
/** Who waits for the answer to a text: told whether it came. */
let waiting: { text: string; tell: (came: boolean) => void }[] = [];

export const filter = {
  /** As it is being typed. */
  get text(): string {
    return text.value;
  },
  set text(value: string) {
    text.value = value;
  },

  /** What holds: the text as it stands, or while that means nothing, the last one that did. */
  get meant(): string {
    return filter.mistake ? right : text.value;
  },

  /** Whether a text stands there at all. */
  get isOn(): boolean {
    return isFiltering;
  },

  /** Ids of what is let through: what the last filter without a mistake did. null: everything. */
  get letThrough(): ReadonlySet<string> | null {
    return isFiltering ? (letThrough === undefined ? NOBODY : letThrough) : null;
  },

  /** The page was opened with a filter that was not answered yet: nothing is shown until it is. */
  get isPending(): boolean {
    return isFiltering && letThrough === undefined;
  },

  /**
   * Do something with what the text lets through: at once where that is known, else when it is. Not at all if the text
   * becomes another one before, or the server does not answer.
   */
  whenAnswered(act: () => void): void {
    if (!isFiltering || answered === text.value) act();
    else waiting.push({ text: text.value, tell: (came) => came && act() });
  },

  /** Of everything that is let through, archived ones, too; those of before while an answer is awaited. */
  get groups(): readonly Group[] {
    return groups;
  },

  /** Why the filter, a field or the pattern of the grouping means nothing. */
  get mistakes(): readonly FilterMistake[] {
    return said?.mistakes ?? NO_MISTAKES;
  },

  /** What is wrong with the text as it stands; undefined: nothing. */
  get mistake(): FilterMistake | undefined {
    return said?.mistakes.find(({ text: wrong }) => wrong === text.value);
  },

  /** What a person may have meant instead. */
  get notes(): readonly string[] {
    return said?.notes ?? NO_NOTES;
  },

  /** How many experiments have not been read as far as the filter needs it. */
  get unread(): number {
    return said?.unread ?? 0;
  },

  /** Why the server did not answer; "" if it did. */
  get failure(): string {
    return failure;
  },
};

/** For an effect that lives as long as the page: asks when the text or the grouping is another one. */
export function followFilter(): void {
  const isAsked = question !== "";
  untrack(() => {
    stop();
    tellWaiting(({ text: of }) => of !== text.value, false);
    if (isAsked) askIn(letThrough === undefined ? 0 : KEY_MS);
    else forget();
  });
}

/** For an effect that lives as long as the page: asks again when experiments have changed, now and then. */
export function followRows(): void {
  void experiments.get("");
  if (untrack(() => question) !== "") askAgain();
}

onAnswering(() => {
  if (question !== "" && failure !== "") askIn(0);
});
onFeed("resync", () => {
  if (question !== "") askAgain();
});

function forget(): void {
  right = "";
  letThrough = null;
  answered = null;
  groups = NO_GROUPS;
  said = null;
  failure = "";
}

function stop(): void {
  clearTimeout(timer);
  timer = undefined;
  flight?.abort();
  flight = undefined;
  isAskedAgain = false;
}

function askIn(ms: number): void {
  clearTimeout(timer);
  timer = setTimeout(() => void ask(), ms);
}

function askAgain(): void {
  if (flight) isAskedAgain = true;
  else if (timer === undefined) askIn(AGAIN_MS);
}

async function ask(): Promise<void> {
  timer = undefined;
  isAskedAgain = false;
  const mine = (flight = new AbortController());
  const asked = question;
  try {
    const answer = await fetchFilter(JSON.parse(asked) as Parameters<typeof fetchFilter>[0], mine.signal);
    if (flight === mine) take(answer);
  } catch (error) {
    if (isAborted(error) || flight !== mine) return;
    letThrough ??= null;
    failure =
      error instanceof UnreachableError ? "The server does not answer." : String((error as Error).message);
    tellWaiting(() => true, false);
  }
  flight = undefined;
  const isGrowing = failure === "" && said !== null && (said.unread > 0 || said.is_live);
  if (isAskedAgain || isGrowing) askIn(AGAIN_MS);
}

function tellWaiting(which: (each: { text: string }) => boolean, came: boolean): void {
  const told = waiting.filter(which);
  waiting = waiting.filter((each) => !which(each));
  for (const { tell } of told) tell(came);
}

function take(answer: FilterAnswer): void {
  takeAnswer(answer);
  // Each question is given up when the text changes: this is about the text as it stands.
  answered = text.value;
  tellWaiting(({ text: of }) => of === answered, true);
}

function takeAnswer(answer: FilterAnswer): void {
  const { mistakes, notes, unread, is_live } = answer;
  failure = "";
  said = { mistakes, notes, unread, is_live };
  if (mistakes.some(({ text: wrong }) => wrong === text.value)) {
    letThrough ??= null;
    return;
  }
  right = text.value;
  if (!isFiltering) letThrough = null;
  else if (!letThrough || !hasJust(letThrough, answer.experiments)) letThrough = new Set(answer.experiments);
  // While a pattern is being typed that is none yet, the groups of before stay, as the result of a filter does.
  if (mistakes.some(({ text: wrong }) => wrong !== "" && wrong === groupChoice.pattern)) return;
  if (JSON.stringify(groups) !== JSON.stringify(answer.groups)) groups = answer.groups;
}

/** Whether a set is these. The same set goes on: what is made of it is not made anew every second. */
function hasJust(set: ReadonlySet<string>, ids: readonly string[]): boolean {
  return set.size === ids.length && ids.every((id) => set.has(id));
}
