/** What somebody is writing to a place of a chart, or reading there: at most one dialog of the page. */
import type { Annotation } from "../api/messages";
import { annotations } from "../state/annotations.svelte";
import { editing } from "../state/editing.svelte";
import { perform } from "../state/edits.svelte";
import { selection } from "../state/selection.svelte";

/** Where an annotation may go: the same place of the chart is another step in each experiment. */
export interface AnnotationPlace {
  experiment: string;
  step: number;
  /** Of a range, inclusive; null: one step. */
  endStep: number | null;
}

export interface Draft {
  /** One for each experiment that has something there. */
  places: readonly AnnotationPlace[];
  /** Which of them is meant. */
  chosen: number;
  /** The label whose point it may be; "": none. */
  label: string;
  /** Whether that point is meant, and not the whole step. */
  isPoint: boolean;
  text: string;
  /** What is there already, and is changed. */
  before: Annotation | null;
}

type Opened = { draft: Draft } | { listed: ReadonlySet<string> | null };

let opened = $state.raw<Opened | null>(null);

export const annotating = {
  get draft(): Draft | null {
    return opened && "draft" in opened ? opened.draft : null;
  },
  get isListed(): boolean {
    return opened !== null && "listed" in opened;
  },
  /** Ids of flags that are listed; null: all. */
  get listed(): ReadonlySet<string> | null {
    return opened && "listed" in opened ? opened.listed : null;
  },
  close(): void {
    opened = null;
  },
};

export function annotationCount(): number {
  return selection.shownIds.reduce((sum, id) => sum + annotations.of(id).length, 0);
}

export function listAll(): void {
  opened = { listed: null };
}

/** Those whose flags have these ids. */
export function listFlags(flags: readonly { id: string }[]): void {
  opened = { listed: new Set(flags.map(({ id }) => id)) };
}

/** Let somebody write something new, if they may. */
export function annotate(draft: Pick<Draft, "places" | "label" | "isPoint">): void {
  const places = draft.places.filter(({ experiment }) => editing.allows(experiment));
  if (places.length > 0) opened = { draft: { ...draft, places, chosen: 0, text: "", before: null } };
}

export function change(experiment: string, before: Annotation): void {
  const { step, end_step: endStep, label, text } = before;
  const places = [{ experiment, step, endStep }];
  opened = { draft: { places, chosen: 0, label, isPoint: label !== "", text, before } };
}

/** `conflict`: somebody else has changed this one since it was seen. `failed`: it was not written, which has been told. */
export type Outcome = "done" | "conflict" | "failed";

/**
 * Write it into the experiment's file; an empty text removes it. `before`: what stands there as far as the person has
 * seen, null for a new one. Others may have written beside it meanwhile.
 */
export async function save(
  experiment: string,
  annotation: Annotation,
  before: Annotation | null,
): Promise<Outcome> {
  const write = (match: string) =>
    perform({ action: "annotate", target: { experiment, match }, annotation }, { tells: "no conflicts" });
  const isAsSeen = () =>
    before === null || JSON.stringify(currentOf(experiment, before.id)) === JSON.stringify(before);
  if (!isAsSeen()) return "conflict";
  let answer = await write(annotations.matchOf(experiment));
  if (answer?.refused[0]?.conflict) {
    await annotations.reload(experiment);
    if (!isAsSeen()) return "conflict";
    answer = await write(annotations.matchOf(experiment));
  }
  const refused = answer?.refused[0];
  return refused?.conflict ? "conflict" : !answer || refused ? "failed" : "done";
}

/** As the page knows it now; null: it is not there (any more). */
export function currentOf(experiment: string, id: string): Annotation | null {
  return annotations.of(experiment).find((each) => each.id === id) ?? null;
}
