/** Lines of a chart as geometry: the same for the canvas on the page and the SVG that is saved. */
import type { Range } from "./ranges";

/** One series as a chart shows it. Arrays may be longer than `length`: they are room for points to come. */
export interface Line {
  name: string;
  colour: string;
  /** CSS pixels drawn and left out; absent or empty: a whole line. */
  dash?: readonly number[];
  /** CSS pixels; absent: as wide as others of its kind. */
  width?: number;
  /** Its points are drawn, and nothing between them. */
  scattered?: boolean;
  /** Whose line it is, where it is an experiment's; or where it is that of several. */
  experiment?: string;
  members?: readonly string[];
  /** Which y axis it stands on; absent: the left one. */
  axis?: "right";
  /** Pale, below the others, and nothing that somebody can point at. */
  behind?: boolean;
  /** Edges of what is filled around the line; NaN where nothing is. */
  band?: { low: Float64Array; high: Float64Array };
  x: Float64Array;
  y: Float64Array;
  /** Drawn in front of `y`, which then is faint; null if nothing is smoothed. */
  smoothed: Float64Array | null;
  length: number;
  /** Taken from every x: where relative time begins. */
  origin: number;
  /** Indices, growing, without 0, where the line starts again: a restart of the script. */
  segments: readonly number[];
  /** Whether x never decreases within a segment. */
  sorted: boolean;
}

/** How faint what a restart has superseded is beside what counts. */
export const SUPERSEDED_OPACITY = 0.35;

/** How faint the values are behind their smoothed lines: the more of these, the fainter. */
export function rawOpacityOf(lines: number): number {
  return lines <= 3 ? 0.3 : lines <= 12 ? 0.2 : 0.12;
}

/** How pale lines are that stand behind others: the more there are, the paler. */
export function behindOpacityOf(lines: number): number {
  return lines <= 12 ? 0.35 : lines <= 60 ? 0.22 : 0.12;
}

/** One axis: which values it shows, and the positions of its two ends. */
export interface Scale {
  range: Range;
  log: boolean;
  from: number;
  to: number;
}

export interface Pen {
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
}

/** CSS pixels of a point of a line whose points are drawn. */
const POINT_RADIUS = 2;

/** In CSS pixels, where its points are drawn: half of its width, and at least so much that a point is seen. */
export function pointRadiusOf({ width = 0 }: Pick<Line, "width">): number {
  return Math.max(POINT_RADIUS, width / 2);
}

/** Draws the points that a line would go through. */
export class PointPen implements Pen {
  readonly #draw: (x: number, y: number) => void;

  constructor(draw: (x: number, y: number) => void) {
    this.#draw = draw;
  }

  moveTo(x: number, y: number): void {
    this.#draw(x, y);
  }

  lineTo(x: number, y: number): void {
    this.#draw(x, y);
  }
}

/** What a line alone cannot show, at positions. */
export interface Marks {
  /** A point without neighbours. */
  single(x: number, y: number): void;
  /** The line stops because of NaN; `y` is that of the last number before (or the first after). */
  notANumber(x: number, y: number): void;
  /** The first point after a restart. */
  restart(x: number, y: number): void;
  /** A value beyond the upper or lower edge; `infinite` if no range could hold it. */
  beyond(x: number, upper: boolean, infinite: boolean): void;
}

/** `value` -> position; NaN for what a logarithmic axis cannot show. */
export function projection({ range, log, from, to }: Scale): (value: number) => number {
  const low = log ? Math.log10(range[0]) : range[0];
  const high = log ? Math.log10(range[1]) : range[1];
  const factor = (to - from) / (high - low);
  const offset = from - low * factor;
  return log
    ? (value) => (value > 0 ? Math.log10(value) * factor + offset : NaN)
    : (value) => value * factor + offset;
}

/** Position -> value: the inverse of `projection`. */
export function valueAt({ range: [min, max], log, from, to }: Scale, position: number): number {
  const share = (position - from) / (to - from);
  return log ? min * (max / min) ** share : min + (max - min) * share;
}

/** Positions are kept within this: drawing libraries compute with 32-bit floats. */
const FAR = 1e6;
/** Positions nearer to each other are one. */
const SAME = 0.5;

export interface Tracing {
  line: Line;
  /** `line.y` or `line.smoothed`. */
  values: Float64Array;
  x: Scale;
  y: Scale;
  /** What was logged again after a restart is `superseded`; the rest is `current`. */
  part: "current" | "superseded";
}

/**
 * Draws a part of the line with the pen. NaN, infinities and what a logarithmic axis cannot show are gaps; points well
 * outside the x range are passed over.
 */
export function trace(tracing: Tracing, pen: Pen, marks?: Marks): void {
  const { line, part } = tracing;
  for (const stretch of stretchesOf(line))
    if (stretch.part === part) traceStretch(tracing, stretch, pen, marks);
}

/** Points from `begin` to `end` (exclusive) that belong together. */
interface Stretch {
  begin: number;
  end: number;
  part: Tracing["part"];
  /** Whether it begins with the first point after a restart. */
  isRestart: boolean;
}

/** A segment is superseded from where a later one begins. */
function stretchesOf({ segments, length, sorted, x }: Line): Stretch[] {
  const stretches: Stretch[] = [];
  let earliest = Infinity; // x of all later segments
  for (let segment = segments.length; segment >= 0; segment--) {
    const begin = segment === 0 ? 0 : segments[segment - 1]!;
    const end = segments[segment] ?? length;
    const isRestart = begin > 0;
    const cut = sorted ? lowerBound(x, earliest, begin, end) : end;
    if (cut > begin) stretches.push({ begin, end: cut, part: "current", isRestart });
    if (cut < end) {
      const from = Math.max(begin, cut - 1);
      stretches.push({ begin: from, end, part: "superseded", isRestart: isRestart && cut === begin });
    }
    if (begin < length) earliest = Math.min(earliest, x[begin]!);
  }
  return stretches.reverse();
}

function traceStretch(tracing: Tracing, stretch: Stretch, pen: Pen, marks: Marks | undefined): void {
  const { line, values, x: xScale, y: yScale } = tracing;
  const toX = projection(xScale);
  const toY = projection(yScale);
  const [begin, end] = line.sorted
    ? within(line, stretch.begin, stretch.end, xScale.range)
    : [stretch.begin, stretch.end];
  const middle = (yScale.from + yScale.to) / 2;
  const { x: xs, origin } = line;
  let drawn = 0; // points since the last gap
  let lastX = NaN;
  let lastY = NaN;
  let inGap = false;
  let awaitsRestartMark = stretch.isRestart && begin === stretch.begin;

  const endRun = () => {
    if (drawn === 1) marks?.single(lastX, lastY);
    drawn = 0;
  };

  for (let index = begin; index < end; index++) {
    const value = values[index]!;
    const x = toX(xs[index]! - origin);
    if (Number.isNaN(x)) continue; // not on this axis
    let y = toY(value);
    if (!Number.isFinite(y)) {
      endRun();
      if (Number.isNaN(value)) {
        if (!inGap) marks?.notANumber(x, neighbour(values, index, begin, end, toY) ?? middle);
        inGap = true;
      } else if (!Number.isFinite(value)) {
        marks?.beyond(x, value > 0, true);
      }
      continue;
    }
    inGap = false;
    if (value > yScale.range[1]) marks?.beyond(x, true, false);
    else if (value < yScale.range[0]) marks?.beyond(x, false, false);
    y = Math.min(Math.max(y, -FAR), FAR);
    if (awaitsRestartMark) {
      marks?.restart(x, y);
      awaitsRestartMark = false;
    }
    if (drawn === 0) {
      pen.moveTo(x, y);
    } else if (Math.abs(x - lastX) < SAME && Math.abs(y - lastY) < SAME) {
      drawn++;
      continue; // the next point is compared with what was drawn, so that slow changes add up
    } else {
      pen.lineTo(x, y);
    }
    drawn++;
    lastX = x;
    lastY = y;
  }
  endRun();
}

/** The y of the last finite value before `index`, or of the first after it. */
function neighbour(
  values: Float64Array,
  index: number,
  begin: number,
  end: number,
  toY: (value: number) => number,
): number | undefined {
  for (let before = index - 1; before >= begin; before--) {
    const y = toY(values[before]!);
    if (Number.isFinite(y)) return y;
  }
  for (let after = index + 1; after < end; after++) {
    const y = toY(values[after]!);
    if (Number.isFinite(y)) return y;
  }
  return undefined;
}

/** Of a sorted segment: the points inside the range and one more on either side. */
export function within(
  line: Line,
  begin: number,
  end: number,
  [min, max]: Range,
): [begin: number, end: number] {
  const { x, origin } = line;
  const first = lowerBound(x, min + origin, begin, end);
  // Not by `max` itself: several points may have the same x.
  let last = lowerBound(x, max + origin, first, end);
  while (last < end && x[last]! - origin <= max) last++;
  return [Math.max(begin, first - 1), Math.min(end, last + 1)];
}

/** The first index in `[begin, end)` whose value is at least `wanted`. */
export function lowerBound(sorted: Float64Array, wanted: number, begin = 0, end = sorted.length): number {
  while (begin < end) {
    const middle = (begin + end) >>> 1;
    if (sorted[middle]! < wanted) begin = middle + 1;
    else end = middle;
  }
  return begin;
}

/** The values of the points inside the x range, as one chunk a segment: what the range of the other axis is made from. */
export function visibleChunks(line: Line, values: Float64Array, range: Range | null): Float64Array[] {
  if (!range) return [values.subarray(0, line.length)];
  if (!line.sorted) return [insideOf(line, values, range)];
  const chunks: Float64Array[] = [];
  let begin = 0;
  for (let segment = 0; begin < line.length; segment++) {
    const end = line.segments[segment] ?? line.length;
    const [first, last] = within(line, begin, end, range);
    const from = first < end && line.x[first]! - line.origin < range[0] ? first + 1 : first;
    const to = last > from && line.x[last - 1]! - line.origin > range[1] ? last - 1 : last;
    // Between two points that lie outside there still is a line.
    chunks.push(from < to ? values.subarray(from, to) : values.subarray(first, last));
    begin = end;
  }
  return chunks;
}

function insideOf(line: Line, values: Float64Array, [min, max]: Range): Float64Array {
  const inside: number[] = [];
  for (let index = 0; index < line.length; index++) {
    const x = line.x[index]! - line.origin;
    if (x >= min && x <= max) inside.push(values[index]!);
  }
  return Float64Array.from(inside);
}

/** How many points a logarithmic axis leaves out: finite ones that are not above 0. */
export function countNotPositive(values: Float64Array, length: number): number {
  let count = 0;
  for (let index = 0; index < length; index++) if (values[index]! <= 0) count++;
  return count;
}

/**
 * The index of the point nearest to `x` in an ordinary sense: of equally near ones the last, so that after a restart the
 * newer branch counts. -1 if the line has no points.
 */
export function nearestByX(line: Line, x: number): number {
  let best = -1;
  let bestDistance = Infinity;
  const consider = (index: number) => {
    const distance = Math.abs(line.x[index]! - line.origin - x);
    if (distance <= bestDistance) {
      best = index;
      bestDistance = distance;
    }
  };
  if (!line.sorted) {
    for (let index = 0; index < line.length; index++) consider(index);
    return best;
  }
  let begin = 0;
  for (let segment = 0; begin < line.length; segment++) {
    const end = line.segments[segment] ?? line.length;
    const after = lowerBound(line.x, x + line.origin, begin, end);
    if (after > begin) consider(after - 1);
    if (after < end) consider(after);
    begin = end;
  }
  return best;
}

/** The index of the point whose place on the chart is nearest to a position, with its distance. */
export function nearestByPlace(
  line: Line,
  values: Float64Array,
  xScale: Scale,
  yScale: Scale,
  place: { x: number; y: number },
): { index: number; distance: number } {
  const toX = projection(xScale);
  const toY = projection(yScale);
  let best = -1;
  let bestSquare = Infinity;
  for (let index = 0; index < line.length; index++) {
    const square = (toX(line.x[index]! - line.origin) - place.x) ** 2 + (toY(values[index]!) - place.y) ** 2;
    if (square < bestSquare) {
      best = index;
      bestSquare = square;
    }
  }
  return { index: best, distance: Math.sqrt(bestSquare) };
}

/**
 * The index of the point at `x`, else of the nearest earlier one: of several the last, and never of what a restart has
 * superseded. -1 if the line begins later. Only for lines that are sorted.
 */
export function lastUpTo(line: Line, x: number): number {
  const { x: xs, origin, segments, length } = line;
  for (let segment = segments.length; segment >= 0; segment--) {
    let begin = segment === 0 ? 0 : segments[segment - 1]!;
    let end = segments[segment] ?? length;
    if (begin >= end || xs[begin]! - origin > x) continue;
    while (end - begin > 1) {
      const middle = (begin + end) >>> 1;
      // Not by `x + origin`, which is rounded otherwise.
      if (xs[middle]! - origin <= x) begin = middle;
      else end = middle;
    }
    return begin;
  }
  return -1;
}
