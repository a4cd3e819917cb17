/** How the Graphs page is looked at: direction and opened graph in the address, folds and zoom while the page is open. */
import type { ItemPlace } from "../../lib/itemPlace";
import { StepChoices } from "../../state/stepChoices.svelte";
import { choiceParameter, textParameter } from "../../state/view.svelte";
import type { Viewpoint } from "./viewpoint";

export const steps = new StepChoices("graphs");

/** Which way edges lead. */
export const direction = choiceParameter("graphs.direction", ["down", "right"]);

/** The graph in the large view (lib/openedItem.ts); "": none. */
export const opened = textParameter("graphs.open", "", { step: true });

/** What somebody has changed of one graph, over all its steps. `open`: paths of groups. */
export interface Kept {
  open?: readonly string[];
  viewpoint?: Viewpoint;
}

const kept = new Map<string, Kept>();
const MOST_KEPT = 200;

export function rememberedOf(name: string): Kept {
  return kept.get(name) ?? {};
}

export function remember(name: string, change: Kept): void {
  const now = { ...kept.get(name), ...change };
  kept.delete(name);
  kept.set(name, now);
  for (const oldest of kept.keys()) {
    if (kept.size <= MOST_KEPT) break;
    kept.delete(oldest);
  }
}

/** A graph over all its steps, in a card or large: going from one step to the next keeps what is open. */
export function nameOfGraph({ experiment, label, step }: ItemPlace, isLarge: boolean): string {
  return `${experiment}/${step === null ? "global" : "step"}/${isLarge ? "large" : "card"}/${label}`;
}
