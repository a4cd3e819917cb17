/**
 * Colours for amounts, from few to many: lightness grows evenly from dark violet through teal to bright yellow, so that
 * order is seen with every form of colour blindness and in grey. Computed in OKLCH.
 */
import { fromOklab } from "../lib/oklab";

const COUNT = 256;

/** One colour for each 256th, red, green, blue beside each other. */
export const SEQUENTIAL: Uint8ClampedArray = sequential();

/** `share` from 0 to 1 as a place in the colours; NaN: -1. */
export function placeOfShare(share: number): number {
  if (Number.isNaN(share)) return -1;
  return Math.round(Math.min(1, Math.max(0, share)) * (COUNT - 1));
}

export function sequentialColour(share: number): string {
  const at = placeOfShare(share) * 3;
  return at < 0 ? "transparent" : `rgb(${SEQUENTIAL.slice(at, at + 3).join(" ")})`;
}

function sequential(): Uint8ClampedArray {
  const colours = new Uint8ClampedArray(COUNT * 3);
  for (let index = 0; index < COUNT; index++) {
    const share = index / (COUNT - 1);
    const lightness = 0.26 + 0.66 * share;
    const chroma = 0.1 + 0.06 * share;
    const hue = ((315 - 210 * share) * Math.PI) / 180;
    colours.set(fromOklab(lightness, chroma * Math.cos(hue), chroma * Math.sin(hue)), index * 3);
  }
  return colours;
}
