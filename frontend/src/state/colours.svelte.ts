/** The colour of each experiment: chosen by hand, else given once and kept, so that it stays the same. */
import { PALETTE, placeOf, spread } from "../lib/colours";
import { experiments } from "./experiments.svelte";
import { Setting, shownTheme } from "./settings.svelte";

/** By experiment: a place in the palette, or a colour (`#rrggbb`) that somebody picked. */
type Colours = Record<string, number | string>;

const chosen = new Setting<Colours>("colours", {});
const given = new Setting<Record<string, number>>("given-colours", {});

/** As `#rrggbb`, for the theme shown. */
export function colourOf(experiment: string): string {
  const colour = chosen.value[experiment] ?? given.value[experiment] ?? placeOf(experiment) % PALETTE.length;
  return typeof colour === "string"
    ? colour
    : (PALETTE[colour % PALETTE.length]?.[shownTheme()] ?? "#888888");
}

export function chosenColourOf(experiment: string): number | string | undefined {
  return chosen.value[experiment];
}

/** undefined: back to the given one. */
export function chooseColour(experiment: string, colour: number | string | undefined): void {
  const others = Object.entries(chosen.value).filter(([id]) => id !== experiment);
  chosen.value = Object.fromEntries(colour === undefined ? others : [...others, [experiment, colour]]);
}

/** Where there are few experiments, no two get the same colour; what was given before stays. */
export function giveColours(): void {
  if (experiments.count > PALETTE.length) return;
  const ids = experiments.sorted.map(({ id }) => id).sort();
  const before = given.value;
  const fresh = ids.filter((id) => before[id] === undefined);
  if (fresh.length === 0) return;
  const taken = new Set(ids.flatMap((id) => before[id] ?? []));
  const places = { ...before };
  for (const [id, wanted] of spread(fresh)) {
    let place = wanted;
    while (taken.has(place) && taken.size < PALETTE.length) place = (place + 1) % PALETTE.length;
    taken.add(place);
    places[id] = place;
  }
  given.value = places;
}
