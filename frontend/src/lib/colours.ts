/**
 * Colours of experiments, in the order in which they are given: bright, with at least 3:1 contrast to their theme's
 * backgrounds, and such that those of neighbours can be told apart with every form of colour blindness. Their names:
 * `components/ColourPicker.svelte`.
 */
export const PALETTE: readonly { light: string; dark: string }[] = [
  { light: "#0084ec", dark: "#73b5ff" },
  { light: "#964700", dark: "#ffa063" },
  { light: "#e00060", dark: "#ed4074" },
  { light: "#d442d3", dark: "#ffbefc" },
  { light: "#1249e5", dark: "#4e84ff" },
  { light: "#ad8600", dark: "#ad8600" },
  { light: "#007d51", dark: "#00fea9" },
  { light: "#b40090", dark: "#f968d0" },
  { light: "#009a7b", dark: "#00ae8c" },
  { light: "#896100", dark: "#ffcf7d" },
  { light: "#8360ff", dark: "#9b8aff" },
  { light: "#008c8d", dark: "#00b5b7" },
  { light: "#207400", dark: "#7aed5f" },
  { light: "#5b9700", dark: "#6eb600" },
  { light: "#8929d5", dark: "#b26bfc" },
  { light: "#b40042", dark: "#ff748b" },
  { light: "#7d8100", dark: "#dce300" },
  { light: "#0091b6", dark: "#7edcff" },
  { light: "#006894", dark: "#0097d4" },
  { light: "#ff4f16", dark: "#fb5524" },
];

/** The palette's place of an id, the same everywhere and always (FNV-1a). */
export function placeOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < id.length; index++) {
    hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193);
  }
  return (hash ^ (hash >>> 15)) >>> 0;
}
