/** Which colour each vector has: of its class, or of its number. */
import { PALETTE, placeOf } from "../../lib/colours";
import { compareNatural } from "../../lib/natural";

export interface Colouring {
  /** Of each vector; -1: none. */
  which: Int16Array;
  colours: readonly string[];
  /** What the colours mean, in their order; empty if there are too many to be told apart. */
  legend: readonly { text: string; colour: string }[];
}

const SHADES = 32;

export function colouringOf(values: readonly string[], theme: "light" | "dark", plain: string): Colouring {
  const distinct = [...new Set(values)].sort(compareNatural);
  if (values.length === 0 || distinct.length === 1) {
    return { which: new Int16Array(values.length).fill(-1), colours: [plain], legend: [] };
  }
  const numbers = values.map((value) => (value.trim() === "" ? NaN : Number(value)));
  if (distinct.length > PALETTE.length && numbers.every((value) => Number.isFinite(value))) {
    return byNumber(numbers);
  }
  const colours = PALETTE.map((colour) => colour[theme]);
  if (distinct.length > colours.length) {
    return {
      which: Int16Array.from(values, (value) => placeOf(value) % colours.length),
      colours,
      legend: [],
    };
  }
  const places = new Map(distinct.map((value, place) => [value, place]));
  return {
    which: Int16Array.from(values, (value) => places.get(value) ?? -1),
    colours,
    legend: distinct.map((text, place) => ({ text, colour: colours[place]! })),
  };
}

function byNumber(numbers: readonly number[]): Colouring {
  const least = numbers.reduce((a, b) => Math.min(a, b));
  const most = numbers.reduce((a, b) => Math.max(a, b));
  const colours = Array.from({ length: SHADES }, (_, shade) => shadeOf(shade / (SHADES - 1)));
  const shadeAt = (value: number) => Math.round(((value - least) / (most - least)) * (SHADES - 1));
  return {
    which: Int16Array.from(numbers, shadeAt),
    colours,
    legend: [least, (least + most) / 2, most].map((value) => ({
      text: String(Number(value.toPrecision(4))),
      colour: colours[shadeAt(value)]!,
    })),
  };
}

/** From blue over violet to orange: its lightness grows, so that it can be read without colours. */
function shadeOf(part: number): string {
  return `oklch(${0.5 + 0.28 * part} 0.17 ${(265 + 160 * part) % 360})`;
}
