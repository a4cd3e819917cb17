/**
 * How each experiment looks: a colour and a dash, chosen by hand (marks, or in this browser where edits are not allowed), else
 * given in the list's order (`lib/looks.ts`) and kept in this browser; or a colour by something that experiments have (`colour` in the address), which `colouring.svelte.ts` knows.
 */
import { placeNamed, PALETTE } from "../lib/colours";
import { colourPlace, dashPlace, DASHES, placesOf } from "../lib/looks";
import { experiments } from "./experiments.svelte";
import { selection } from "./selection.svelte";
import { Setting, shownTheme } from "./settings.svelte";
import { textParameter } from "./view.svelte";

/** By experiment: a place in the palette, or a colour (`#rrggbb`) that somebody picked. */
type Colours = Record<string, number | string>;
type ColourOf = (experiment: string) => string;

/** Of more, places are not kept from visit to visit: they follow the list's order anew. */
const MOST_KEPT = 2000;
const SOLID = DASHES[0]!;

const chosen = new Setting<Colours>("colours", {});
const kept = new Setting<Record<string, number>>("given-looks", {});
/** What colours stand for: `config.lr`, `tag`, `status`, `folder`, `group`; "" for the experiments themselves. */
export const colourField = textParameter("colour", "");
let byField = $state.raw<ColourOf | null>(null);
const isByField = $derived(colourField.value !== "" && byField !== null);

$effect.root(() => {
  $effect(() => {
    // Without it, everything has the colour of its own.
    if (colourField.value !== "") import("./colouring.svelte").catch(() => undefined);
  });
});

const marked = $derived.by(() => {
  const colours = new Map<string, number | string>();
  for (const [id, text] of experiments.colours) {
    const colour = /^#[0-9a-f]{6}$/i.test(text) ? text : placeNamed(text);
    if (colour !== undefined) colours.set(id, colour);
  }
  return colours;
});

const places = $derived.by(givenPlaces);
/** What was given so far, to whom, and to whom it was shown last. */
let read: Record<string, number> = {};
let given = new Map<string, number>();
let before: readonly string[] = [];
let listed: readonly { id: string }[] = [];

/** As `#rrggbb` or another CSS colour, for the theme shown. */
export function colourOf(experiment: string): string {
  if (isByField) return byField!(experiment);
  const colour = chosenColourOf(experiment) ?? places.of.get(experiment) ?? 0;
  return typeof colour === "string" ? colour : paletteColour(colour);
}

/** Pixels drawn and left out; none: a whole line. */
export function dashOf(experiment: string): readonly number[] {
  return DASHES[dashPlaceOf(experiment)] ?? SOLID;
}

/** Which of the dashes: 0 is a whole line. */
export function dashPlaceOf(experiment: string): number {
  if (isByField || chosenColourOf(experiment) !== undefined) return 0;
  return dashPlace(places.of.get(experiment) ?? 0);
}

/** For the theme shown. */
export function paletteColour(place: number): string {
  return PALETTE[colourPlace(place)]![shownTheme()];
}

const groupPlaces = new Map<string, number>();

/** Of a group, by its title: given in the order in which they are asked for, the same for the whole visit. */
export function colourOfGroup(title: string): string {
  let place = groupPlaces.get(title);
  if (place === undefined) groupPlaces.set(title, (place = groupPlaces.size));
  return paletteColour(place);
}

/** From now on this knows the colours of a field; it is part of what is loaded on demand. */
export function useColouring(colourOfField: ColourOf): void {
  byField = colourOfField;
}

/** What people said in the experiment's marks, else what was chosen in this browser. */
export function chosenColourOf(experiment: string): number | string | undefined {
  return marked.get(experiment) ?? chosen.value[experiment];
}

/** In this browser. undefined: back to the given one. */
export function keepColour(experiment: string, colour: number | string | undefined): void {
  const others = Object.entries(chosen.value).filter(([id]) => id !== experiment);
  chosen.value = Object.fromEntries(colour === undefined ? others : [...others, [experiment, colour]]);
}

/** An experiment has another id now. */
export function carryColour(from: string, to: string): void {
  const { [from]: own, ...rest } = chosen.value;
  const others = Object.entries(rest).filter(([id]) => id !== to);
  chosen.value = Object.fromEntries(own === undefined ? others : [...others, [to, own]]);
  const place = given.get(from);
  if (place !== undefined) given.set(to, place);
}

/** The same object as long as nobody looks otherwise. Those that are hidden have places after those that are shown. */
function givenPlaces(): { of: ReadonlyMap<string, number> } {
  if (kept.value !== read) {
    read = kept.value;
    for (const [id, place] of Object.entries(read)) if (!given.has(id)) given.set(id, place);
  }
  const [ids, rows] = [selection.shownIds, selection.filtered];
  if (!sameItems(ids, before) || rows.length !== listed.length || rows.some(({ id }) => !given.has(id))) {
    const changed = placesOf({ ids, before: new Set(before), given });
    const hidden = rows.map(({ id }) => id).filter((id) => !changed.has(id) && !given.has(id));
    hidden.forEach((id, index) => changed.set(id, ids.length + index));
    if ([...changed].some(([id, place]) => given.get(id) !== place)) {
      given = new Map([...given, ...changed]);
      queueMicrotask(keepPlaces);
    }
    [before, listed] = [ids, rows];
  }
  return lastOf(given);
}

let last: { of: ReadonlyMap<string, number> } = { of: given };

function lastOf(of: ReadonlyMap<string, number>) {
  return last.of === of ? last : (last = { of });
}

function keepPlaces(): void {
  const all = listed.length <= MOST_KEPT ? [...given].slice(-MOST_KEPT) : [];
  read = Object.fromEntries(all);
  kept.value = read;
}

function sameItems(some: readonly string[], others: readonly string[]): boolean {
  return (
    some === others || (some.length === others.length && some.every((id, index) => id === others[index]))
  );
}
