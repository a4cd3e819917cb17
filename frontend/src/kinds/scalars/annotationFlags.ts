/** Annotations as flags of a chart of scalars: where they stand on its x axis. */
import { flagOf } from "../../charts/annotationFlags";
import type { Flag } from "../../charts/flags";
import { lowerBound } from "../../charts/lines";
import type { Range } from "../../charts/ranges";
import type { AnnotatedExperiment } from "../../state/annotated.svelte";
import type { ScalarLine } from "./lines";

export interface FlagContent {
  experiments: readonly AnnotatedExperiment[];
  lines: readonly ScalarLine[];
  /**
   * What x is: the step itself; a time, where a step stands where its point does; or another label's value, where a range
   * of steps covers all values that its points have.
   */
  x: "step" | "time" | "value";
  /** Whether the axis has no place for what is not positive. */
  xLog: boolean;
  /** The label of the chart: points of its line are marked. */
  label: string;
}

export interface AnnotationFlags {
  flags: Flag[];
  /** How many the axis has no place for: before everything that is drawn of their experiment, or at no number. */
  withoutPlace: number;
}

/** Of a long range only so many points are looked at: it is done at each redraw. */
const MOST_LOOKED_AT = 500;

export function flagsOf({ experiments, lines, x: axis, xLog, label }: FlagContent): AnnotationFlags {
  const flags: Flag[] = [];
  let withoutPlace = 0;
  const isThere = (x: number) => Number.isFinite(x) && (!xLog || x > 0);
  for (const experiment of experiments) {
    if (experiment.annotations.length === 0) continue;
    const own = lines.filter((line) => line.experiment === experiment.id);
    const rangeOn = { step: (...steps: Range) => steps, time: timesOf(own), value: valuesOf(own) }[axis];
    for (const annotation of experiment.annotations) {
      const { step, end_step } = annotation;
      const [begin, end] = rangeOn(step, end_step ?? step);
      const isRange = end_step !== null && isThere(end) && !(end < begin);
      if (!isRange && !isThere(begin)) {
        withoutPlace++;
        continue;
      }
      flags.push(
        flagOf(experiment, annotation, {
          // A range that begins where the axis has no place begins left of all that is drawn.
          x: isThere(begin) ? begin : xLog ? Number.MIN_VALUE : -Infinity,
          end: isRange ? end : null,
          y: annotation.label === label && end_step === null ? yAt(own, step) : null,
        }),
      );
    }
  }
  return { flags, withoutPlace };
}

/** Where a range of steps begins and ends on an axis; NaN: nowhere. */
type RangeOn = (step: number, endStep: number) => Range;

function timesOf(lines: readonly ScalarLine[]): RangeOn {
  return (step, endStep) => [xAt(lines, step), xAt(lines, endStep)];
}

/** From the smallest to the largest value in the range; if no point is in it, where the point before it is. */
function valuesOf(lines: readonly ScalarLine[]): RangeOn {
  return (step, endStep) => {
    let [low, high] = [Infinity, -Infinity];
    for (const { steps, segments, length, x, origin } of step < endStep ? lines : []) {
      for (const [begin, end] of runsOf(segments, length)) {
        const first = lowerBound(steps, step, begin, end);
        const after = lowerBound(steps, endStep + 1, first, end);
        const stride = Math.ceil((after - first) / MOST_LOOKED_AT);
        for (let index = first; index < after; index += stride) {
          const value = x[index]! - origin;
          low = value < low ? value : low;
          high = value > high ? value : high;
        }
      }
    }
    return low <= high ? [low, high] : [xAt(lines, step), xAt(lines, step)];
  };
}

/**
 * The point at a step, or else the last one before it; -1: there is none. Of several runs of the script the last one
 * that began at or before the step.
 */
export function pointAt(
  { steps, segments, length }: Pick<ScalarLine, "steps" | "segments" | "length">,
  step: number,
): number {
  for (const [begin, end] of runsOf(segments, length).reverse()) {
    if (begin < end && steps[begin]! <= step) return lowerBound(steps, step + 1, begin, end) - 1;
  }
  return -1;
}

/** Where each run of the script begins and ends among the points of a line. */
function runsOf(segments: readonly number[], length: number): Range[] {
  const begins = [0, ...segments];
  return begins.map((begin, run) => [begin, begins[run + 1] ?? length]);
}

/** NaN: before everything. */
function xAt(lines: readonly ScalarLine[], step: number): number {
  for (const line of lines) {
    const index = pointAt(line, step);
    if (index >= 0) return line.x[index]! - line.origin;
  }
  return NaN;
}

/** Of the point at just this step. */
function yAt(lines: readonly ScalarLine[], step: number): number | null {
  for (const line of lines) {
    const index = pointAt(line, step);
    if (index >= 0 && line.steps[index] === step) return (line.smoothed ?? line.y)[index]!;
  }
  return null;
}

/** The steps of a line's points in a part of the chart, as first and last; null: there are none. */
export function stepsWithin(line: ScalarLine, shown: { x: Range; y?: Range | undefined }): Range | null {
  let [first, last] = [Infinity, -Infinity];
  for (let index = 0; index < line.length; index++) {
    const isShown = contains(shown.x, line.x[index]! - line.origin);
    if (!isShown || (shown.y && !contains(shown.y, (line.smoothed ?? line.y)[index]!))) continue;
    first = Math.min(first, line.steps[index]!);
    last = Math.max(last, line.steps[index]!);
  }
  return first <= last ? [first, last] : null;
}

function contains([from, to]: Range, value: number): boolean {
  return value >= from && value <= to;
}
