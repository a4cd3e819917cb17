/** What the numbers of a group are like, exact (docs/filter.md): the same as NumPy says of them. */
import type { Average, Band } from "../../state/groupChoice.svelte";
import type { Cell } from "../../lib/cells";

export interface GroupSpread {
  n: number;
  mean: number;
  median: number;
  /** Of a sample; null for one number. */
  deviation: number | null;
  minimum: number;
  maximum: number;
  /** The first and the third, interpolated. */
  quartiles: readonly [number, number];
}

/** Of the finite numbers in these cells; null without any. */
export function spreadOf(cells: Iterable<Cell>): GroupSpread | null {
  const sorted = Float64Array.from(
    [...cells].filter((cell): cell is number => typeof cell === "number" && Number.isFinite(cell)),
  ).sort();
  const n = sorted.length;
  if (n === 0) return null;
  const mean = sum(sorted) / n;
  const squares = sum(sorted.map((each) => (each - mean) ** 2));
  return {
    n,
    mean,
    median: quantile(sorted, 0.5),
    deviation: n > 1 ? Math.sqrt(squares / (n - 1)) : null,
    minimum: sorted[0]!,
    maximum: sorted[n - 1]!,
    quartiles: [quantile(sorted, 0.25), quantile(sorted, 0.75)],
  };
}

export function averageOf(spread: GroupSpread, average: Average): number {
  return average === "median" ? spread.median : spread.mean;
}

/** From where to where the band around the average goes; null: there is none, as for one number. */
export function bandOf(spread: GroupSpread, average: Average, band: Band): [number, number] | null {
  if (band === "none" || spread.n < 2) return null;
  if (band === "range") return [spread.minimum, spread.maximum];
  if (band === "quartiles") return [...spread.quartiles];
  const half = halfBand(spread, band);
  const middle = averageOf(spread, average);
  return [middle - half, middle + half];
}

/** How far a band that is even on both sides reaches. */
export function halfBand({ n, deviation }: GroupSpread, band: "deviation" | "error" | "interval"): number {
  if (deviation === null) return 0;
  if (band === "deviation") return deviation;
  const error = deviation / Math.sqrt(n);
  return band === "error" ? error : student95(n - 1) * error;
}

/** Student's t within which 95 % lie, for a whole number of degrees of freedom. */
export function student95(degrees: number): number {
  let [low, high] = [0, Math.PI / 2];
  while (high - low > 1e-15) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (within(middle, degrees) < 0.95) low = middle;
    else high = middle;
  }
  return Math.sqrt(degrees) * Math.tan(low);
}

/** The share within ±t, where tan(angle) = t / sqrt(degrees): Abramowitz and Stegun, 26.7.3 and 26.7.4. */
function within(angle: number, degrees: number): number {
  const square = Math.cos(angle) ** 2;
  const isOdd = degrees % 2 === 1;
  let term = isOdd ? Math.cos(angle) : 1;
  let terms = degrees > 1 ? term : 0;
  for (let index = isOdd ? 3 : 2; index < degrees; index += 2) {
    term *= (square * (index - 1)) / index;
    terms += term;
  }
  return isOdd ? (2 / Math.PI) * (angle + Math.sin(angle) * terms) : Math.sin(angle) * terms;
}

function quantile(sorted: Float64Array, part: number): number {
  const place = part * (sorted.length - 1);
  const below = sorted[Math.floor(place)]!;
  return below + (sorted[Math.ceil(place)]! - below) * (place % 1);
}

/** Neumaier's: what is lost in each step is added at the end. */
function sum(numbers: Float64Array): number {
  let [total, lost] = [0, 0];
  for (const each of numbers) {
    const next = total + each;
    lost += Math.abs(total) >= Math.abs(each) ? total - next + each : each - next + total;
    total = next;
  }
  return total + lost;
}
