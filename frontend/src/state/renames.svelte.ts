/** What this page knows of an experiment by its id goes with it when the page gives it another name. */
import { chosen } from "./chosen.svelte";
import { carryColour } from "./colours.svelte";
import { onFeed } from "./connection.svelte";
import { experiments } from "./experiments.svelte";
import { selection } from "./selection.svelte";

/** From the new id to the old one: carried over as soon as there is an experiment with the new id. */
const awaited = new Map<string, string>();

/** `from` and `to`: ids. Its colour, whether it is shown, and whether it is chosen. */
export function carryOver(from: string, to: string): void {
  awaited.delete(from);
  awaited.set(to, from);
  carryThose();
}

function carryThose(): void {
  for (const [to, from] of awaited) {
    if (!experiments.get(to)) continue;
    awaited.delete(to);
    carryColour(from, to);
    chosen.carry(from, to);
    selection.carry(from, to);
  }
}

onFeed("experiments", carryThose); // colours.svelte.ts has given the new one a colour before
