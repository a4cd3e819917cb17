/** Ranges of axes: what a chart shows when nobody has zoomed. */

export type Range = readonly [min: number, max: number];

/** Values this far outside the middle 90 %, in widths of it, are outliers. */
const OUTLIER_REACH = 1.5;
/** Enough values to know the 5th and 95th percentile well. */
const SAMPLE_SIZE = 5000;
/** `10 ** Math.log10(value)` need not be `value`. */
const ROUNDING = 1e-9;

/** The finite values' range (on a logarithmic axis: of those above 0), or null if there is none. */
export function extentOf(chunks: readonly Float64Array[], log = false): Range | null {
  return extentBetween(chunks, log ? Number.MIN_VALUE : -Number.MAX_VALUE, Number.MAX_VALUE);
}

/**
 * The range without outliers: of the values that lie at most 1.5 times the width of the middle 90 % beyond it. On
 * a logarithmic axis widths are those of the logarithms.
 */
export function extentWithoutOutliers(chunks: readonly Float64Array[], log = false): Range | null {
  const sample = sampleOf(chunks, log);
  if (sample.length === 0) return null;
  const low = sample[Math.floor((sample.length - 1) * 0.05)]!;
  const high = sample[Math.ceil((sample.length - 1) * 0.95)]!;
  const reach = OUTLIER_REACH * (high - low);
  return log
    ? extentBetween(chunks, 10 ** (low - reach - ROUNDING), 10 ** (high + reach + ROUNDING))
    : extentBetween(chunks, low - reach, high + reach);
}

/** Lines are unlike the others if they reach this far beyond where most do, in widths of what most show. */
const LINE_REACH = 5;
const FEWEST_LINES = 4;
/** More than this part of all are no exceptions. */
const MOST_UNLIKE = 1 / 4;
const LINE_SAMPLE = 200;
/** What a training begins with may make the range so many times as wide before it is left out, too. */
const START_REACH = 10;
/** What is left out at first makes the range at least so many times as wide. */
const WORTH = 3;

/** One line's values, as its chunks. */
type LineValues = readonly Float64Array[];

/**
 * The range without outliers, by line as well as by value: lines that lie far beyond the others (a training that
 * diverged) do not count. `onlyIfWorth`: all is shown unless few values make up most of the range, and what a line
 * begins with is no outlier as long as the rest can still be read.
 */
export function usualExtent(
  lines: readonly LineValues[],
  { log = false, onlyIfWorth = false } = {},
): Range | null {
  const usual = usualLines(lines, log);
  const found = extentWithoutOutliers(usual.flat(), log);
  if (!found || !onlyIfWorth) return found;
  const all = extentOf(lines.flat(), log);
  const begun = withStarts(found, usual, log);
  const range = widthOf(begun, log) <= START_REACH * widthOf(found, log) ? begun : found;
  return all && widthOf(all, log) < WORTH * widthOf(range, log) ? all : range;
}

function usualLines(lines: readonly LineValues[], log: boolean): readonly LineValues[] {
  const reaches = lines.map((chunks) => middleOf(chunks, log));
  const known = reaches.filter((reach) => reach !== null);
  if (known.length < FEWEST_LINES) return lines;
  const lows = known.map(([low]) => low).sort((a, b) => a - b);
  const highs = known.map(([, high]) => high).sort((a, b) => a - b);
  const width = Math.max(partOf(highs, 0.5) - partOf(lows, 0.5), spreadOf(lows), spreadOf(highs));
  const [lowest, highest] = [partOf(lows, 0.5) - LINE_REACH * width, partOf(highs, 0.5) + LINE_REACH * width];
  const usual = lines.filter((_, index) => {
    const reach = reaches[index];
    return !reach || (reach[0] >= lowest && reach[1] <= highest);
  });
  return lines.length - usual.length <= lines.length * MOST_UNLIKE ? usual : lines;
}

/** Where the middle 90 % of a line lie. */
function middleOf(chunks: LineValues, log: boolean): Range | null {
  const sample = sampleOf(chunks, log, LINE_SAMPLE);
  return sample.length === 0 ? null : [partOf(sample, 0.05), partOf(sample, 0.95)];
}

function spreadOf(sorted: readonly number[]): number {
  return partOf(sorted, 0.75) - partOf(sorted, 0.25);
}

function partOf(sorted: readonly number[] | Float64Array, part: number): number {
  return sorted[Math.round((sorted.length - 1) * part)]!;
}

/** With the values that lines begin with, up to the first inside. */
function withStarts([min, max]: Range, lines: readonly LineValues[], log: boolean): Range {
  let [low, high] = [min, max];
  for (const [first] of lines) {
    for (const value of first ?? []) {
      if (value >= min && value <= max) break;
      if (!Number.isFinite(value) || (log && value <= 0)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  return [low, high];
}

function widthOf([min, max]: Range, log: boolean): number {
  return log ? Math.log10(max) - Math.log10(min) : max - min;
}

function extentBetween(chunks: readonly Float64Array[], lowest: number, highest: number): Range | null {
  let min = Infinity;
  let max = -Infinity;
  for (const values of chunks) {
    for (const value of values) {
      // False for NaN and infinities, too.
      if (value >= lowest && value <= highest) {
        if (value < min) min = value;
        if (value > max) max = value;
      }
    }
  }
  return min <= max ? [min, max] : null;
}

/** Evenly picked showable values (or their logarithms), sorted. */
function sampleOf(chunks: readonly Float64Array[], log: boolean, size = SAMPLE_SIZE): Float64Array {
  const count = chunks.reduce((sum, values) => sum + values.length, 0);
  const stride = Math.max(1, Math.floor(count / size));
  const sample = new Float64Array(Math.ceil(count / stride));
  let taken = 0;
  let position = 0;
  for (const values of chunks) {
    for (; position < values.length; position += stride) {
      const value = values[position]!;
      if (Number.isFinite(value) && (!log || value > 0)) sample[taken++] = log ? Math.log10(value) : value;
    }
    position -= values.length;
  }
  return sample.subarray(0, taken).sort();
}

/** The range with room at both ends, `share` of its width; a range without width gets one. */
export function padded([min, max]: Range, { log = false, share = 0.05 } = {}): Range {
  if (log) {
    const width = Math.log10(max) - Math.log10(min);
    const room = 10 ** (width > 0 ? width * share : 0.5);
    return [Math.max(min / room, Number.MIN_VALUE), Math.min(max * room, Number.MAX_VALUE)];
  }
  const width = max - min;
  const hasWidth = width > Math.abs(max) * 1e-12; // less is what rounding leaves of a constant
  const room = hasWidth ? width * share : Math.abs(min) * 0.1 || 1;
  return [Math.max(min - room, -Number.MAX_VALUE), Math.min(max + room, Number.MAX_VALUE)];
}

/** The range moved by `share` of its width: to larger values if positive. */
export function shifted([min, max]: Range, share: number, log = false): Range {
  if (log) {
    const factor = (max / min) ** share;
    return [min * factor, max * factor];
  }
  const by = (max - min) * share;
  return [min + by, max + by];
}

/** The range `factor` times as wide, with what stands at `anchor` (0: lower end, 1: upper end) staying there. */
export function scaled([min, max]: Range, factor: number, anchor = 0.5, log = false): Range {
  if (log) {
    const [low, high] = scaled([Math.log10(min), Math.log10(max)], factor, anchor);
    return [10 ** low, 10 ** high];
  }
  const fixed = min + (max - min) * anchor;
  return [fixed - (fixed - min) * factor, fixed + (max - fixed) * factor];
}
