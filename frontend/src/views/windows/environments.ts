/** What is done to environments and their windows: each is an edit, which can be taken back. */
import type { ExperimentSummary } from "../../api/messages";
import { editing } from "../../state/editing.svelte";
import { perform } from "../../state/edits.svelte";
import { experiments } from "../../state/experiments.svelte";
import { tellGesture } from "../../state/gestures.svelte";
import { selection } from "../../state/selection.svelte";
import { SCALARS, type Window } from "./windows";

/** Points of all labels are in one file: no window of theirs is closed. */
export function mayClose({ kind, members }: Window): boolean {
  return kind !== SCALARS && members.every(({ experiment }) => mayChange(experiment));
}

export function mayChange(id: string): boolean {
  return editing.allows(id) && experiments.get(id)?.is_foreign === false;
}

/** In each environment that has it. */
export async function closeWindow({ kind, title, members }: Window): Promise<void> {
  for (const { experiment, label } of members) {
    const target = targetOf(experiment);
    if (!target) continue;
    const answer = await perform(
      { action: "close", target, items: [{ kind, label }], all: false },
      { what: `Closed ${title}` },
    );
    if (answer?.id) tellGesture({ experiment, label }, { type: "closed" });
  }
}

export async function emptyEnvironment(id: string): Promise<void> {
  const target = targetOf(id);
  if (!target) return;
  const heard = experiments.get(id)?.hears ?? [];
  const answer = await perform({ action: "close", target, items: [], all: true });
  if (!answer?.id) return;
  for (const label of heard) if (label !== "") tellGesture({ experiment: id, label }, { type: "closed" });
}

/** It is shown then. */
export async function makeEnvironment(id: string): Promise<boolean> {
  return showWhenDone(await perform({ action: "make", experiment: id }), id);
}

/** A copy under another name beside it, which is shown then. */
export async function forkEnvironment(id: string, name: string): Promise<boolean> {
  const target = targetOf(id);
  if (!target) return false;
  const folder = id.lastIndexOf("%2F");
  const fork = (folder < 0 ? "" : id.slice(0, folder + 3)) + idOfName(name);
  return showWhenDone(await perform({ action: "fork", target, name }), fork);
}

export async function deleteEnvironment(id: string): Promise<void> {
  const target = targetOf(id);
  if (target) await perform({ action: "trash", targets: [target] });
}

/** As the server writes ids (`experiment_id` in lavdlike/layout.py). */
export function idOfName(name: string): string {
  return encodeURIComponent(name).replace(
    /[!'()*]/g,
    (found) => `%${found.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function showWhenDone(answer: { id: string } | null, id: string): boolean {
  const isDone = answer !== null && answer.id !== "";
  if (isDone) selection.showOnly([id]);
  return isDone;
}

function targetOf(id: string): { experiment: string; match: string } | null {
  const found: ExperimentSummary | undefined = experiments.get(id);
  return found ? { experiment: id, match: found.identity } : null;
}
