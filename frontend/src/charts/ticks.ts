/** Where an axis has its ticks and what stands beside them. */
import { formatNumber } from "../lib/numbers";
import { formatDate } from "../lib/times";
import type { Range } from "./ranges";

export interface Tick {
  at: number;
  /** "" for a line without a label. */
  label: string;
}

/** What the numbers of an axis are: plain numbers, seconds of duration, or Unix seconds. */
export type Quantity = "number" | "duration" | "time";

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;
const SECONDS_STEPS = [1, 2, 5, 10, 15, 30, 1, 2, 5, 10, 15, 30, 1, 2, 3, 6, 12].map(
  (step, index) => step * (index < 6 ? 1 : index < 12 ? MINUTE : HOUR),
);

/** About so many labelled ticks; fewer where a clock or powers of ten ask for it. */
export function ticksOf(range: Range, quantity: Quantity, { about = 6, log = false } = {}): Tick[] {
  if (!(range[1] > range[0])) return [];
  if (log) return logTicks(range, quantity, about);
  if (quantity === "time") return timeTicks(range, about);
  const step = quantity === "duration" ? durationStep(range, about) : numberStep(range, about);
  const places = multiples(range, step);
  return places.map((at) => ({
    at,
    label: quantity === "duration" ? durationLabel(at, step) : numberLabel(at, step, places),
  }));
}

/** 1, 2, 5, 10, 20, ... (or 0.5, 0.2, ...): the one that comes nearest to `about` ticks. */
function numberStep([min, max]: Range, about: number): number {
  const rough = (max - min) / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const part = rough / power;
  // Half-way between two steps is where their quotient's root is.
  const factor = part < Math.SQRT2 ? 1 : part < Math.sqrt(10) ? 2 : part < Math.sqrt(50) ? 5 : 10;
  return factor * power;
}

function durationStep(range: Range, about: number): number {
  const rough = (range[1] - range[0]) / about;
  if (rough < 1) return numberStep(range, about);
  return clockStep(rough) ?? Math.max(1, numberStep([range[0] / DAY, range[1] / DAY], about)) * DAY;
}

/** undefined: days are the better unit. */
function clockStep(rough: number): number | undefined {
  return SECONDS_STEPS.find((candidate) => candidate >= rough * 0.7);
}

function multiples([min, max]: Range, step: number): number[] {
  const first = Math.ceil(min / step - 1e-9);
  const last = Math.floor(max / step + 1e-9);
  // Beyond the precision of doubles there is nothing to tell apart.
  if (!(last - first < 1000)) return [];
  return Array.from({ length: last - first + 1 }, (_, index) => {
    const at = (first + index) * step;
    return step < 1 ? Number(at.toPrecision(15)) : at;
  });
}

const LARGE = [
  [1e12, "T"],
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
] as const;

/** All labels of an axis have the same unit and the same decimals: `0.0  0.5  1.0`, `10k  20k`, `1.5M  2.0M`. */
function numberLabel(at: number, step: number, places: readonly number[]): string {
  const largest = Math.max(Math.abs(places[0] ?? 0), Math.abs(places.at(-1) ?? 0));
  if (at === 0) return "0";
  if (largest < 1e-3 || largest >= 1e15) return exponential(at, step);
  const [unit, suffix] = (largest >= 1e4 && LARGE.find(([size]) => largest >= size)) || [1, ""];
  const decimals = Math.max(0, -Math.floor(Math.log10(step / unit) + 1e-9));
  // Too many decimals to read at a glance: the plain number says more.
  if (decimals > 3 && unit > 1) return minus(String(at));
  return minus((at / unit).toFixed(Math.min(decimals, 12)) + suffix);
}

function exponential(at: number, step: number): string {
  const digits = Math.floor(Math.log10(Math.abs(at)) + 1e-9) - Math.floor(Math.log10(step) + 1e-9);
  return minus(at.toExponential(Math.min(Math.max(0, digits), 12)).replace("+", ""));
}

function durationLabel(at: number, step: number): string {
  if (at === 0) return "0";
  if (step < 1) return `${minus(String(at))} s`;
  const sign = at < 0 ? "−" : "";
  const size = Math.abs(at);
  if (step >= DAY) return `${sign}${size / DAY} d`;
  const days = Math.floor(size / DAY);
  const hours = Math.floor((size % DAY) / HOUR);
  const minutes = Math.floor((size % HOUR) / MINUTE);
  const parts = [
    days && `${days}d`,
    hours && `${hours}h`,
    minutes && `${minutes}m`,
    size % MINUTE && `${size % MINUTE}s`,
  ].filter((part) => part !== 0);
  return sign + parts.slice(0, 2).join(" ");
}

const DIGITS = [1, 2, 3, 4, 5, 6, 7, 8, 9];
/** As many labels are needed to see that an axis is logarithmic. */
const FEWEST_LABELS = 3;

/** Powers of ten; between them, where there is room, 2 and 5, or all digits; in a narrow range, plain ticks. */
function logTicks(range: Range, quantity: Quantity, about: number): Tick[] {
  const decades = Math.log10(range[1]) - Math.log10(range[0]);
  if (decades < 1) {
    const ticks = ticksAtDigits(range, quantity, { digits: DIGITS, labelled: DIGITS, every: 1 });
    const isNarrow = ticks.length < FEWEST_LABELS;
    return isNarrow ? ticksOf(range, quantity === "time" ? "number" : quantity, { about }) : ticks;
  }
  const every = Math.max(1, Math.ceil(decades / about));
  const digits = decades > 4 ? [1] : [1, 2, 5];
  const labelled = decades * 3 <= about ? digits : [1];
  return ticksAtDigits(range, quantity, { digits, labelled, every });
}

/** `every`: of how many powers of ten one is labelled. */
function ticksAtDigits(
  [min, max]: Range,
  quantity: Quantity,
  { digits, labelled, every }: { digits: readonly number[]; labelled: readonly number[]; every: number },
): Tick[] {
  const ticks: Tick[] = [];
  for (let power = Math.floor(Math.log10(min)); power <= Math.ceil(Math.log10(max)); power++) {
    for (const digit of digits) {
      const at = Number(`${digit}e${power}`);
      if (at < min || at > max) continue;
      const isLabelled = power % every === 0 && labelled.includes(digit);
      if (isLabelled || digits.length > 1)
        ticks.push({ at, label: isLabelled ? logLabel(at, quantity) : "" });
    }
  }
  return ticks;
}

function logLabel(at: number, quantity: Quantity): string {
  if (quantity === "duration") return `${formatNumber(at, 3)} s`;
  if (at >= 1e4 && at < 1e15) return numberLabel(at, at, [at]);
  return formatNumber(at, 3);
}

/** Local clock: whole minutes, hours, midnights, first days of months and years. */
function timeTicks(range: Range, about: number): Tick[] {
  const rough = (range[1] - range[0]) / about;
  if (rough < 1) return withDates(multiples(range, numberStep(range, about)), secondsLabel);
  const step = clockStep(rough);
  if (step !== undefined) {
    const offset = new Date(range[0] * 1000).getTimezoneOffset() * MINUTE;
    const places = multiples([range[0] - offset, range[1] - offset], step).map((at) => at + offset);
    return withDates(places, step < MINUTE ? secondsLabel : minutesLabel);
  }
  return calendarTicks(range, rough / DAY);
}

/** The first label of each day is its date. */
function withDates(places: readonly number[], label: (date: Date) => string): Tick[] {
  let day = "";
  return places.map((at) => {
    const date = new Date(at * 1000);
    const today = formatDate(at);
    const isNew = day !== "" && day !== today;
    day = today;
    return { at, label: isNew ? dayLabel(date) : label(date) };
  });
}

const two = (value: number) => String(value).padStart(2, "0");
const minutesLabel = (date: Date) => `${two(date.getHours())}:${two(date.getMinutes())}`;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const dayLabel = (date: Date) => `${MONTHS[date.getMonth()]} ${date.getDate()}`;
const monthLabel = (date: Date) =>
  date.getMonth() === 0 ? String(date.getFullYear()) : (MONTHS[date.getMonth()] ?? "");

function secondsLabel(date: Date): string {
  const fraction = date.getMilliseconds() ? `.${String(date.getMilliseconds()).padStart(3, "0")}` : "";
  return `${minutesLabel(date)}:${two(date.getSeconds())}${fraction}`;
}

function calendarTicks([min, max]: Range, roughDays: number): Tick[] {
  const start = new Date(min * 1000);
  const days = [1, 2, 7, 14].find((step) => step >= roughDays);
  const months = days ? 0 : ([1, 2, 3, 6].find((step) => step * 30 >= roughDays) ?? 0);
  const years = days || months ? 0 : Math.max(1, Math.ceil(roughDays / 365));
  const label = days ? dayLabel : months ? monthLabel : (date: Date) => String(date.getFullYear());
  const ticks: Tick[] = [];
  for (let index = 0; index < 1000; index++) {
    const date = days
      ? new Date(start.getFullYear(), start.getMonth(), start.getDate() + index * days)
      : months
        ? new Date(start.getFullYear(), Math.floor(start.getMonth() / months) * months + index * months, 1)
        : new Date((Math.floor(start.getFullYear() / years) + index) * years, 0, 1);
    const at = date.getTime() / 1000;
    if (at > max) break;
    if (at >= min) ticks.push({ at, label: label(date) });
  }
  return ticks;
}

function minus(text: string): string {
  return text.replaceAll("-", "−");
}
