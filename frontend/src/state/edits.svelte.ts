/**
 * Performs edits: one after the other, each told of in a passing notice with its "Undo", and kept for Ctrl+Z.
 * What was refused is told, too, unless whoever asked for the edit shows it.
 */
import { sendEdit } from "../api/edits";
import { RefusedError, UnreachableError } from "../api/http";
import type { Edit, EditAnswer, RefusedTarget } from "../api/messages";
import { plural } from "../lib/numbers";
import { dismissAction, notify } from "./notices.svelte";

/** What one gesture did: ids of done edits, of which there are two if it had to be tried again for some targets. */
interface Gesture {
  what: string;
  ids: readonly string[];
  onundone: () => void;
}

/** What this page did and did not take back, newest last. */
let done = $state.raw<readonly Gesture[]>([]);
let count = $state(0);
let last: Promise<unknown> = Promise.resolve();

export const edits = {
  /** Grows with every edit: what the trash holds, and what was done, is to be asked for again. */
  get count(): number {
    return count;
  },
  /** What Ctrl+Z takes back; null if there is nothing. */
  get undoable(): string | null {
    return done.at(-1)?.what ?? null;
  },
};

interface Telling {
  /** Instead of the server's words for what was done. */
  what?: string;
  /** `no conflicts`, `successes`: what was refused (because of another state) is shown by who asked for the edit. */
  tells?: "all" | "no conflicts" | "successes";
  /** Nothing is said of what was done, which is seen; it can be undone by Ctrl+Z. */
  quiet?: boolean;
  /** It cannot be undone. */
  isFinal?: boolean;
  /** Called when it was taken back here. */
  onundone?: () => void;
}

/**
 * null: the edit could not be asked for, which has been told. `again`: from the answer, the edit that is to be tried for
 * what was refused; null: none.
 */
export async function perform(
  edit: Edit,
  { what, tells = "all", quiet = false, isFinal = false, onundone = () => undefined }: Telling = {},
  again: (answer: EditAnswer) => Edit | null = () => null,
): Promise<EditAnswer | null> {
  const answers = await inTurn(async () => {
    const first = await sendEdit(edit);
    const next = again(first);
    return next === null ? [first] : [first, await sendEdit(next)];
  });
  const answer = answers?.at(-1);
  if (!answers || !answer) return null;
  count++;
  const ids = answers.map(({ id }) => id).filter(Boolean);
  const gesture = { what: what ?? wordsOf(answers), ids, onundone };
  if (gesture.ids.length > 0) {
    if (isFinal) notify(sentence(gesture.what));
    else {
      done = [...done, gesture];
      if (!quiet) notify(sentence(gesture.what), { label: "Undo", run: () => void undo(gesture) });
    }
  }
  if (tells !== "successes") tellRefused(answer.refused.filter((each) => tells === "all" || !each.conflict));
  return answer;
}

/** Take back the last thing done here. */
export async function undoLast(): Promise<void> {
  const gesture = done.at(-1);
  if (gesture) await undo(gesture);
  else notify("Nothing to undo: nothing was changed since this page was opened");
}

/** Take back something that was done here or elsewhere. */
export async function undoEdit(id: string, what: string): Promise<void> {
  await undo(done.find(({ ids }) => ids.includes(id)) ?? { what, ids: [id], onundone: () => undefined });
}

async function undo(gesture: Gesture): Promise<void> {
  done = done.filter((other) => other !== gesture);
  dismissAction();
  const answers = await inTurn(async () => {
    const all: EditAnswer[] = [];
    for (const edit of gesture.ids.toReversed()) all.push(await sendEdit({ action: "undo", edit }));
    return all;
  });
  if (!answers) return;
  count++;
  const refused = answers.flatMap((answer) => answer.refused);
  if (answers.some(({ id }) => id !== "")) {
    gesture.onundone();
    notify(`Undone: ${gesture.what}`);
  }
  tellRefused(refused);
}

/** In the order of the calls, so that each sees what the one before did. null: it failed, which has been told. */
async function inTurn<Result>(work: () => Promise<Result>): Promise<Result | null> {
  const turn = last.then(work, work);
  last = turn;
  try {
    return await turn;
  } catch (error) {
    notify(reasonOf(error));
    return null;
  }
}

/** Why something that was asked for was not done, in words. */
export function reasonOf(error: unknown): string {
  if (error instanceof UnreachableError) return "Nothing was changed: the server does not answer";
  if (error instanceof RefusedError) return [error.message, error.hint].filter(Boolean).join(" ");
  return error instanceof Error ? error.message : String(error);
}

function tellRefused(refused: readonly RefusedTarget[]): void {
  const [first, ...others] = refused;
  if (!first) return;
  const count = plural(refused.length, "experiment");
  notify(others.length === 0 ? first.reason : `${count} not changed: ${first.reason}`);
}

/** Of several answers those that did something, each once. */
function wordsOf(answers: readonly EditAnswer[]): string {
  return [...new Set(answers.filter(({ id }) => id !== "").map(({ what }) => what))].join("; ");
}

function sentence(words: string): string {
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}
