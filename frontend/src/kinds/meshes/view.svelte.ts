/** How the Meshes page is looked at: all of it stands in the address. */
import type { ItemPlace } from "../../lib/itemPlace";
import { StepChoices } from "../../state/stepChoices.svelte";
import { choiceParameter, flagParameter, numberParameter, textParameter } from "../../state/view.svelte";
import type { Viewpoint } from "./stage";

export const steps = new StepChoices("meshes");

/** In CSS pixels. */
export const pointSize = numberParameter("meshes.point-size", 2);
export const wireframe = flagParameter("meshes.wireframe", false);
export const up = choiceParameter("meshes.up", ["y", "z"]);

/** The mesh in the large view (lib/openedItem.ts); "": none. */
export const opened = textParameter("meshes.open", "", { step: true });

/** Where meshes are looked at from, over all their steps, while the page is open. */
const viewpoints = new Map<string, Viewpoint>();

export function rememberViewpoint(place: ItemPlace, viewpoint: Viewpoint | null): void {
  if (viewpoint) viewpoints.set(nameOf(place), viewpoint);
  else viewpoints.delete(nameOf(place));
}

export function rememberedViewpoint(place: ItemPlace): Viewpoint | null {
  return viewpoints.get(nameOf(place)) ?? null;
}

function nameOf({ experiment, label, step }: ItemPlace): string {
  return `${up.value}/${experiment}/${step === null ? "global" : "step"}/${label}`;
}
