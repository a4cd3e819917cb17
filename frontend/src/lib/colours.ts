/**
 * Colours of experiments: twelve hues of different lightness, such that any two can be told apart with every form of colour
 * blindness. Each has at least 3:1 contrast to its theme's background.
 */
export const PALETTE: readonly { name: string; light: string; dark: string }[] = [
  { name: "blue", light: "#1a5a8f", dark: "#62a5ed" },
  { name: "vermilion", light: "#d26e58", dark: "#ec550e" },
  { name: "green", light: "#109c73", dark: "#0da559" },
  { name: "purple", light: "#a636bb", dark: "#b775bb" },
  { name: "ochre", light: "#9e7105", dark: "#c5a524" },
  { name: "indigo", light: "#343293", dark: "#7472dd" },
  { name: "wine", light: "#650737", dark: "#ad5175" },
  { name: "sky", light: "#3197eb", dark: "#acd5fb" },
  { name: "olive", light: "#5d5f1a", dark: "#d9e051" },
  { name: "rose", light: "#b73750", dark: "#e97c8a" },
  { name: "teal", light: "#147a7a", dark: "#59d4c2" },
  { name: "brown", light: "#6a371b", dark: "#e8ac8d" },
];

/** The palette's place of an id, the same everywhere and always (FNV-1a). */
export function placeOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < id.length; index++) {
    hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193);
  }
  return (hash ^ (hash >>> 15)) >>> 0;
}

/** Places so that as long as there are as few ids as colours no two have the same. Beyond, each has its own place. */
export function spread(ids: readonly string[], size = PALETTE.length): Map<string, number> {
  const places = new Map<string, number>();
  const taken = new Set<number>();
  for (const id of ids) {
    let place = placeOf(id) % size;
    if (ids.length <= size) while (taken.has(place)) place = (place + 1) % size;
    taken.add(place);
    places.set(id, place);
  }
  return places;
}
