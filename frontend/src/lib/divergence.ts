/** Which trainings have diverged: by the last values of labels of which smaller is better. */
import { toNumber } from "./numbers";

/** As messages carry it (ScalarLabel). */
interface Known {
  last_value: number | string;
  last_step: number;
  minimum: number | null;
  maximum: number | null;
}

/** So far beyond what the others have last, in widths of the middle half of them. */
const REACH = 10;
/** At least so many times the median: where all are nearly alike, a little more is no divergence. */
const TIMES = 3;
const FEWEST = 4;
/** Still growing: the last value is at least this part of the largest. */
const GROWING = 0.3;

/** One label, by experiment -> why those that did have diverged, in words. */
export function divergedIn(label: string, known: ReadonlyMap<string, Known>): Map<string, string> {
  const found = new Map<string, string>();
  const lasts = [...known.values()].map(({ last_value }) => toNumber(last_value)).filter(Number.isFinite);
  lasts.sort((a, b) => a - b);
  const at = (part: number) => lasts[Math.round((lasts.length - 1) * part)]!;
  for (const [experiment, { last_value, last_step, maximum, minimum }] of known) {
    const last = toNumber(last_value);
    if (!Number.isFinite(last)) {
      found.set(experiment, `${label} is not finite at step ${last_step.toLocaleString("en")}`);
      continue;
    }
    if (lasts.length < FEWEST) continue;
    const median = at(0.5);
    const bound = Math.max(median + REACH * (at(0.75) - at(0.25)), median + (TIMES - 1) * Math.abs(median));
    const isGrowing = maximum !== null && minimum !== null && last - minimum >= GROWING * (maximum - minimum);
    if (last > bound && isGrowing) found.set(experiment, `${label} is far beyond the others`);
  }
  return found;
}
