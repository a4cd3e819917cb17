/** How the Plots page is looked at: all of it stands in the address. */
import type { ItemPlace } from "../../lib/itemPlace";
import { StepChoices } from "../../state/stepChoices.svelte";
import { flagParameter, textParameter } from "../../state/view.svelte";
import type { PlotView } from "./plotFrame";

export const steps = new StepChoices("plots");

/** Figures keep their own background, grid and writing instead of the page's. */
export const ownColours = flagParameter("plots.own-colours", false);

/** The plot in the large view (lib/openedItem.ts); "": none. */
export const opened = textParameter("plots.open", "", { step: true });

/** Where plots are zoomed and turned, by name; the oldest are forgotten. */
const views = new Map<string, PlotView>();
const KEPT_VIEWS = 200;

export function rememberView(name: string, view: PlotView): void {
  views.delete(name);
  views.set(name, view);
  for (const oldest of views.keys()) {
    if (views.size <= KEPT_VIEWS) break;
    views.delete(oldest);
  }
}

export function rememberedView(name: string): PlotView {
  return views.get(name) ?? {};
}

/** A plot over all its steps: going from one to the next keeps the zoom. */
export function nameOfPlot({ experiment, label, step }: ItemPlace): string {
  return `${experiment}/${step === null ? "global" : "step"}/${label}`;
}
