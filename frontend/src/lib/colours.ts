/**
 * Colours of experiments: twelve hues with different lightness, after Okabe & Ito and Paul Tol, so that neighbours can be
 * told apart with every form of colour blindness. Each has at least 3:1 contrast to its theme's background.
 */
export const PALETTE: readonly { name: string; light: string; dark: string }[] = [
  { name: "blue", light: "#0072b2", dark: "#4aa8e0" },
  { name: "vermilion", light: "#d55e00", dark: "#f0803c" },
  { name: "green", light: "#008f63", dark: "#2fbf8f" },
  { name: "purple", light: "#aa4499", dark: "#d488c6" },
  { name: "ochre", light: "#b07d00", dark: "#e6b422" },
  { name: "indigo", light: "#4b45b8", dark: "#8f8cf5" },
  { name: "wine", light: "#882255", dark: "#d0598f" },
  { name: "sky", light: "#2e8fc4", dark: "#8fd0f5" },
  { name: "olive", light: "#77781a", dark: "#bfc04a" },
  { name: "rose", light: "#cc5a6e", dark: "#f09aa6" },
  { name: "teal", light: "#147a7a", dark: "#56c8c8" },
  { name: "brown", light: "#7a5234", dark: "#c99b76" },
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
