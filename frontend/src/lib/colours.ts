/**
 * Colours of experiments, in the order in which they are given: bright, with at least 3:1 contrast to their theme's
 * backgrounds, and such that those of neighbours can be told apart with every form of colour blindness. The names stand
 * in people's files (docs/format.md, "What people write").
 */
export const PALETTE: readonly { name: string; light: string; dark: string }[] = [
  { name: "blue", light: "#0084ec", dark: "#73b5ff" },
  { name: "sienna", light: "#964700", dark: "#ffa063" },
  { name: "crimson", light: "#e00060", dark: "#ed4074" },
  { name: "orchid", light: "#d442d3", dark: "#ffbefc" },
  { name: "cobalt", light: "#1249e5", dark: "#4e84ff" },
  { name: "gold", light: "#ad8600", dark: "#ad8600" },
  { name: "emerald", light: "#007d51", dark: "#00fea9" },
  { name: "magenta", light: "#b40090", dark: "#f968d0" },
  { name: "jade", light: "#009a7b", dark: "#00ae8c" },
  { name: "ochre", light: "#896100", dark: "#ffcf7d" },
  { name: "violet", light: "#8360ff", dark: "#9b8aff" },
  { name: "teal", light: "#008c8d", dark: "#00b5b7" },
  { name: "green", light: "#207400", dark: "#7aed5f" },
  { name: "lime", light: "#5b9700", dark: "#6eb600" },
  { name: "purple", light: "#8929d5", dark: "#b26bfc" },
  { name: "rose", light: "#b40042", dark: "#ff748b" },
  { name: "olive", light: "#7d8100", dark: "#dce300" },
  { name: "sky", light: "#0091b6", dark: "#7edcff" },
  { name: "azure", light: "#006894", dark: "#0097d4" },
  { name: "vermilion", light: "#ff4f16", dark: "#fb5524" },
];

/** The palette's place of a colour by its name; undefined: there is none. */
export function placeNamed(name: string): number | undefined {
  const place = PALETTE.findIndex((each) => each.name === name);
  return place < 0 ? undefined : place;
}

/** The palette's place of an id, the same everywhere and always (FNV-1a). */
export function placeOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < id.length; index++) {
    hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193);
  }
  return (hash ^ (hash >>> 15)) >>> 0;
}
