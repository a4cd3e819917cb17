/** Values of one series against those of another that were logged at the same step. */

export interface StepValues {
  steps: Float64Array;
  wallTimes: Float64Array;
  values: Float64Array;
  length: number;
  /** Indices where a segment begins, without 0. */
  segments: readonly number[];
}

export interface JoinedValues {
  x: Float64Array;
  y: Float64Array;
  steps: Float64Array;
  wallTimes: Float64Array;
  segments: number[];
}

/**
 * One point for every point of `ySeries` for which `xSeries` has a value at the same step: of several, that of the same
 * run of the script, or else the last one before it. In `ySeries`' order, so that the line shows the way that was gone.
 *
 * `nearest`: where steps were left out of the two independently, the last value at or before the step is taken.
 */
export function joinByStep(xSeries: StepValues, ySeries: StepValues, { nearest = false } = {}): JoinedValues {
  const found: number[] = [];
  const partners: number[] = [];
  const segments: number[] = [];
  for (let run = 0; run <= ySeries.segments.length; run++) {
    const firstOfRun = found.length;
    const [begin, end] = boundsOf(ySeries, run);
    const [from, to] = boundsOf(xSeries, Math.min(run, xSeries.segments.length));
    let partner = from;
    for (let index = begin; index < end && partner < to; index++) {
      const step = ySeries.steps[index]!;
      while (partner + 1 < to && xSeries.steps[partner + 1]! <= step) partner++;
      const partnersStep = xSeries.steps[partner]!;
      if (nearest ? partnersStep > step : partnersStep !== step) continue;
      found.push(index);
      partners.push(partner);
    }
    if (firstOfRun > 0 && found.length > firstOfRun) segments.push(firstOfRun);
  }
  return {
    x: Float64Array.from(partners, (index) => xSeries.values[index]!),
    y: Float64Array.from(found, (index) => ySeries.values[index]!),
    steps: Float64Array.from(found, (index) => ySeries.steps[index]!),
    wallTimes: Float64Array.from(found, (index) => ySeries.wallTimes[index]!),
    segments,
  };
}

function boundsOf({ segments, length }: StepValues, segment: number): [begin: number, end: number] {
  return [segment === 0 ? 0 : segments[segment - 1]!, segments[segment] ?? length];
}
