/** How the lines of experiments look beside each other: the palette's colours, then the same ones with dashes. */
import { PALETTE } from "./colours";

const COLOURS = PALETTE.length;

/** In pixels, drawn and left out; the first is a whole line. */
export const DASHES: readonly (readonly number[])[] = [[], [7, 4], [2, 3], [9, 3, 2, 3]];
const LOOKS = COLOURS * DASHES.length;

/** A place among the looks, as a place in the palette. */
export function colourPlace(place: number): number {
  return place % COLOURS;
}

/** Which of `DASHES`. */
export function dashPlace(place: number): number {
  return Math.floor(place / COLOURS) % DASHES.length;
}

export interface Shown {
  /** In the list's order. */
  ids: readonly string[];
  /** Those that were shown until now: nobody else's coming or going changes how they look. */
  before: ReadonlySet<string>;
  /** The places that were given once. */
  given: ReadonlyMap<string, number>;
}

/**
 * Each look about as often as every other: in the list's order, and who has a place keeps it as long as fewer have it than
 * must. Up to as many as there are colours differ in colour alone. Where most of what was shown is gone, because somebody
 * looks at a few of many, those that are left may get other places; else only who comes does.
 */
export function placesOf({ ids, before, given }: Shown): Map<string, number> {
  const count = ids.length <= COLOURS ? COLOURS : LOOKS;
  const most = Math.ceil(ids.length / count);
  const used = new Array<number>(count).fill(0);
  const places = new Map<string, number>();
  const stays = 2 * ids.length > before.size;
  const keep = (id: string, always: boolean) => {
    const place = given.get(id);
    if (place === undefined || (!always && used[place % count]! >= most)) return;
    places.set(id, place);
    used[place % count]!++;
  };
  for (const id of ids) if (before.has(id)) keep(id, stays);
  for (const id of ids) if (!before.has(id)) keep(id, false);
  let at = 0;
  let least = 0;
  for (const id of ids) {
    if (places.has(id)) continue;
    for (let seen = 0; used[at % count]! > least; at++) if (++seen > count) [seen, least] = [0, least + 1];
    used[at % count]!++;
    places.set(id, at++ % count);
  }
  return places;
}
