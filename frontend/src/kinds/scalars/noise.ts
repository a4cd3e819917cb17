/** Whether values are so noisy that only smoothed they say how they develop. */

export interface Sampled {
  values: Float64Array;
  length: number;
}

/** Fewer points can be looked at one by one. */
const FEWEST_POINTS = 40;
/** How far a typical point lies off the middle between its neighbours, as a part of the range of the middle 90 %. */
const NOISY = 0.03;
const MOST_LOOKED_AT = 2000;

/** null: too few points to say. */
export function isNoisy({ values, length }: Sampled): boolean | null {
  const jumps: number[] = [];
  const seen: number[] = [];
  const stride = Math.max(1, Math.floor(length / MOST_LOOKED_AT));
  for (let index = 1; index + 1 < length; index += stride) {
    const value = values[index]!;
    const jump = Math.abs(value - (values[index - 1]! + values[index + 1]!) / 2);
    if (!Number.isFinite(jump)) continue;
    jumps.push(jump);
    seen.push(value);
  }
  if (jumps.length < FEWEST_POINTS) return null;
  jumps.sort((a, b) => a - b);
  seen.sort((a, b) => a - b);
  const at = (sorted: readonly number[], part: number) => sorted[Math.round((sorted.length - 1) * part)]!;
  const range = at(seen, 0.95) - at(seen, 0.05);
  return range > 0 && at(jumps, 0.5) > NOISY * range;
}

/** Of all lines of a label: what most of those say that can. null: none can. */
export function areNoisy(lines: readonly Sampled[]): boolean | null {
  const said = lines.map(isNoisy).filter((each) => each !== null);
  return said.length === 0 ? null : said.filter(Boolean).length > said.length / 2;
}
