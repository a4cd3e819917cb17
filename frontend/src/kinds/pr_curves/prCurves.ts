/** Precision and recall at thresholds. */
export interface PrCurve {
  /** Never decreasing. */
  thresholds: readonly number[];
  precision: readonly number[];
  recall: readonly number[];
}

/** The point that holds at a threshold: what is predicted with at least it counts as yes. -1: nothing is. */
export function pointAtThreshold({ thresholds }: PrCurve, threshold: number): number {
  let [low, high] = [0, thresholds.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (thresholds[middle]! < threshold) low = middle + 1;
    else high = middle;
  }
  return low < thresholds.length ? low : -1;
}

/** From the smallest to the largest of all; null if there is none. */
export function thresholdRange(curves: readonly PrCurve[]): [number, number] | null {
  const ends = curves.filter(({ thresholds }) => thresholds.length > 0);
  if (ends.length === 0) return null;
  return [
    Math.min(...ends.map(({ thresholds }) => thresholds[0]!)),
    Math.max(...ends.map(({ thresholds }) => thresholds.at(-1)!)),
  ];
}

/** The harmonic mean of both. */
export function f1({ precision, recall }: PrCurve, point: number): number {
  const [p, r] = [precision[point]!, recall[point]!];
  return p + r > 0 ? (2 * p * r) / (p + r) : 0;
}
