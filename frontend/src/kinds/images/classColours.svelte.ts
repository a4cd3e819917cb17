/** The colours of boxes by their class: chosen by hand, else given once and kept, so that a class looks the same. */
import { PALETTE } from "../../lib/colours";
import { NO_CLASS } from "./boxes";
import { Setting } from "../../state/settings.svelte";

/** By class: a place in the palette, or a colour (`#rrggbb`) that somebody picked. */
const chosen = new Setting<Record<string, number | string>>("class-colours", {});
const given = new Setting<Record<string, number>>("given-class-colours", {});

/** Boxes lie on pictures, not on the page: the brighter colours are seen on them in either theme. */
export const CLASS_COLOUR_THEME = "dark";
const WITHOUT_CLASS = "#f4f4f6";

/** As `#rrggbb`. */
export function colourOfClass(name: string): string {
  const colour = chosen.value[name] ?? given.value[name];
  if (typeof colour === "string") return colour;
  if (colour === undefined) return WITHOUT_CLASS;
  return PALETTE[colour % PALETTE.length]?.[CLASS_COLOUR_THEME] ?? WITHOUT_CLASS;
}

export function isChosen(name: string): boolean {
  return chosen.value[name] !== undefined;
}

/** undefined: back to the given one. */
export function chooseClassColour(name: string, colour: number | string | undefined): void {
  const others = Object.entries(chosen.value).filter(([other]) => other !== name);
  chosen.value = Object.fromEntries(colour === undefined ? others : [...others, [name, colour]]);
}

/** Gives the classes that have none yet the next colours, in this order; what was given before stays. */
export function giveClassColours(names: readonly string[]): void {
  const fresh = names.filter((name) => name !== NO_CLASS && given.value[name] === undefined);
  if (fresh.length === 0) return;
  const first = Object.keys(given.value).length;
  given.value = {
    ...given.value,
    ...Object.fromEntries(fresh.map((name, index) => [name, first + index])),
  };
}
