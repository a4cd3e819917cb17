/** Where what experiments have stands on an axis: numbers plain or logarithmic, categories as points, nothing on a place of its own. */
import { ticksOf } from "../../charts/ticks";
import { compareCells, formatCell, type Cell } from "../../lib/cells";
import { isLogarithmic } from "../../lib/colourScale";

export interface NumberScale {
  kind: "numbers";
  low: number;
  high: number;
  log: boolean;
  /** Whether it could be logarithmic. */
  mayBeLog: boolean;
  /** All of them, the smallest first, where they are few. */
  few: readonly number[];
}

export interface ValueScale {
  kind: "values";
  /** From below. */
  values: readonly Exclude<Cell, null>[];
}

/** `empty`: nobody has a value. */
export type Scale = NumberScale | ValueScale | { kind: "empty" };

export interface ScaleTick {
  /** From 0 to 1. */
  share: number;
  label: string;
  /** Of categories. */
  value?: Exclude<Cell, null>;
}

/** So many different numbers have a tick each. */
const FEW = 7;
/** Between two labels, as a share of the axis: nearer ones would lie over each other. */
const LEAST_DISTANCE = 0.055;
/** So many numbers for each word make an axis of numbers. */
const MOST_MIXED = 10;
/** Around what stands alone on an axis. */
const ALONE = 0.5;

/** @param log null: as the numbers ask for */
export function scaleOf(cells: readonly Cell[], log: boolean | null = null): Scale {
  const said = [...new Set(cells)].filter((cell) => cell !== null && !isNoNumber(cell));
  if (said.length === 0) return { kind: "empty" };
  const counted = said.filter((cell) => typeof cell === "number");
  // Of many numbers and a few words, the words are what has no place.
  const areNumbers =
    said.length === counted.length || counted.length > MOST_MIXED * (said.length - counted.length);
  if (!areNumbers)
    return { kind: "values", values: said.sort((a, b) => compareCells(a, b, false)) as ValueScale["values"] };
  const numbers = counted.sort((a, b) => a - b);
  const [low, high] = [numbers[0]!, numbers.at(-1)!];
  const mayBeLog = low > 0 && high > low;
  return {
    kind: "numbers",
    low,
    high,
    mayBeLog,
    log: mayBeLog && (log ?? isLogarithmic(numbers)),
    few: numbers.length <= FEW ? numbers : [],
  };
}

/** From 0, below or left, to 1; null: it has no place between them. */
export function shareOf(scale: Scale, cell: Cell): number | null {
  if (cell === null || isNoNumber(cell) || scale.kind === "empty") return null;
  if (scale.kind === "values") {
    const place = scale.values.indexOf(cell);
    return place < 0 ? null : (place + 0.5) / scale.values.length;
  }
  if (typeof cell !== "number") return null;
  const { low, high, log } = scale;
  if (high === low) return cell === low ? ALONE : null;
  if (log && cell <= 0) return null;
  // Halves, because the whole range may be beyond what numbers can be.
  return log ? Math.log(cell / low) / Math.log(high / low) : (cell / 2 - low / 2) / (high / 2 - low / 2);
}

/** The number at a share of the axis. */
export function numberAt({ low, high, log }: NumberScale, share: number): number {
  if (share <= 0) return low;
  if (share >= 1) return high;
  return log ? low * (high / low) ** share : low * (1 - share) + high * share;
}

/** The shortest number that lies as near to the one at `share` as half of `tolerance`, which is a share, too. */
export function shortNumberAt(scale: NumberScale, share: number, tolerance: number): number {
  const exact = numberAt(scale, share);
  const reach = Math.abs(numberAt(scale, share + tolerance) - numberAt(scale, share - tolerance)) / 4;
  for (let digits = 1; digits < 17; digits++) {
    const rounded = Number(exact.toPrecision(digits));
    if (Math.abs(rounded - exact) <= reach) return rounded;
  }
  return exact;
}

/** @param about how many there is room for */
export function ticksOfScale(scale: Scale, about: number): ScaleTick[] {
  if (scale.kind === "empty") return [];
  if (scale.kind === "values") {
    const every = Math.ceil(scale.values.length / Math.max(1, about));
    return scale.values.flatMap((value, place) =>
      place % every ? [] : [{ share: shareOf(scale, value)!, label: labelOfValue(value), value }],
    );
  }
  const shares = scale.few.map((value) => shareOf(scale, value)!);
  const isFree = shares.every((share, place) => place === 0 || share - shares[place - 1]! >= LEAST_DISTANCE);
  if (shares.length > 0 && isFree && shares.length <= about)
    return scale.few.map((value, place) => ({ share: shares[place]!, label: formatCell(value) }));
  const { low, high, log } = scale;
  return ticksOf([low, high], "number", { about, log })
    .filter(({ label }) => label !== "")
    .map(({ at, label }) => ({ share: shareOf(scale, at)!, label }));
}

/** A category in words; an empty text is seen, too. */
export function labelOfValue(value: Cell): string {
  return value === "" ? "(empty)" : formatCell(value);
}

/** What is said of those that have no place on an axis. */
export function labelOfMissing(scale: Scale, cells: readonly Cell[]): string {
  const areWords =
    scale.kind === "numbers" && cells.some((cell) => cell !== null && typeof cell !== "number");
  return areWords ? "no number" : "no value";
}

function isNoNumber(cell: Cell): boolean {
  return typeof cell === "number" && !Number.isFinite(cell);
}
