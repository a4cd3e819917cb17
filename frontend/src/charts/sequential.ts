/**
 * Colours for amounts, from few to many: lightness grows evenly from dark violet through teal to bright yellow, so that
 * order is seen with every form of colour blindness and in grey. Computed in OKLCH.
 */

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

/** sRGB from 0 to 255; what is outside of it is cut. Björn Ottosson's matrices. */
function fromOklab(lightness: number, a: number, b: number): [number, number, number] {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  return linear.map((value) => {
    const light = Math.max(0, value);
    return 255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055);
  }) as [number, number, number];
}
