/** Choosing a colour by hand: kept with what people say of an experiment, or where edits are not allowed in this browser. */
import { PALETTE } from "../lib/colours";
import { keepColour } from "./colours.svelte";
import { editing } from "./editing.svelte";
import { mark } from "./marks.svelte";

/** A place in the palette or `#rrggbb`; undefined: back to the given one. */
export async function chooseColour(id: string, colour: number | string | undefined): Promise<void> {
  // What was chosen in this browser before would come back if the mark were taken away.
  keepColour(id, editing.allows(id) ? undefined : colour);
  if (editing.allows(id)) await mark([id], { colour: wordOf(colour) });
}

function wordOf(colour: number | string | undefined): string {
  return typeof colour === "number" ? (PALETTE[colour]?.name ?? "") : (colour ?? "");
}
