/** Which colour a value has, where colours stand for a setting, a status, a tag: of its own, or on a scale of numbers. */
import { compareCells, type Cell } from "./cells";
import { PALETTE } from "./colours";
import { fromOklab } from "./oklab";

export type Theme = "light" | "dark";

export type ColourScale =
  | {
      kind: "values";
      /** In the legend's order, with their places in the palette. */
      places: ReadonlyMap<Cell, number>;
    }
  | {
      kind: "numbers";
      low: number;
      high: number;
      log: boolean;
      /** Where there are few different ones: all of them, the smallest first. */
      values: readonly number[];
    };

/** What has no value, or none that a scale can show: 3:1 on either background. */
export const WITHOUT_VALUE = "#85858f";
/** So many numbers are told apart one by one. */
const FEW = 8;
/** From so many times the smallest number on, a scale may be logarithmic. */
const DECADE = 10;
/** Lightness in OKLCH of the smallest and the largest number: each has 3:1 on its theme's background. */
const LIGHTNESS: Record<Theme, readonly [number, number]> = { light: [0.38, 0.64], dark: [0.55, 0.92] };

export function colourScaleOf(cells: readonly Cell[]): ColourScale {
  const said = [...new Set(cells.filter((cell) => cell !== null && cell !== ""))];
  const numbers = said.filter((cell): cell is number => typeof cell === "number");
  const finite = numbers.filter(Number.isFinite).sort((a, b) => a - b);
  if (numbers.length < said.length || finite.length < 2)
    return { kind: "values", places: new Map(said.sort(ascending).map((cell, place) => [cell, place])) };
  const [low, high] = [finite[0]!, finite.at(-1)!];
  return {
    kind: "numbers",
    low,
    high,
    log: isLogarithmic(finite),
    values: finite.length <= FEW ? finite : [],
  };
}

export function colourOnScale(scale: ColourScale, cell: Cell | undefined, theme: Theme): string {
  if (scale.kind === "numbers")
    return typeof cell === "number" && Number.isFinite(cell)
      ? rampColour(shareOf(scale, cell), theme)
      : WITHOUT_VALUE;
  const place = scale.places.get(cell ?? null);
  return place === undefined ? WITHOUT_VALUE : PALETTE[place % PALETTE.length]![theme];
}

const ascending = (a: Cell, b: Cell) => compareCells(a, b, false);

/** From violet through blue and green to yellow, ever lighter: order is seen with every form of colour blindness. */
export function rampColour(share: number, theme: Theme): string {
  const [dark, light] = LIGHTNESS[theme];
  const lightness = dark + (light - dark) * share;
  const chroma = 0.13 + 0.02 * share;
  const hue = ((315 - 210 * share) * Math.PI) / 180;
  return `rgb(${fromOklab(lightness, chroma * Math.cos(hue), chroma * Math.sin(hue))
    .map(byte)
    .join(" ")})`;
}

/** Where a number lies between the smallest and the largest. */
function shareOf({ low, high, log }: Extract<ColourScale, { kind: "numbers" }>, value: number): number {
  const share = log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
  return Math.min(1, Math.max(0, share));
}

/** Where they span a decade, and their middle one lies nearer to the middle of a logarithmic axis than of a plain one. */
export function isLogarithmic(sorted: readonly number[]): boolean {
  const [low, high] = [sorted[0]!, sorted.at(-1)!];
  if (low <= 0 || high < DECADE * low) return false;
  const middle = sorted[Math.floor(sorted.length / 2)]!;
  const plain = Math.abs((middle - low) / (high - low) - 0.5);
  return Math.abs(Math.log(middle / low) / Math.log(high / low) - 0.5) < plain;
}

function byte(value: number): number {
  return Math.round(Math.min(255, Math.max(0, value)));
}
