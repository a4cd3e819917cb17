/**
 * Debiased exponential moving average, as TensorBoard's: the weighted mean of all values so far, each `weight` times
 * as heavy as the next one. A value that is not finite is its own smoothed value and changes nothing else.
 */

/** Weighted sum of the values and sum of their weights so far; their quotient is the smoothed value. */
export type SmoothingState = readonly [sum: number, weights: number];

const NOTHING_YET: SmoothingState = [0, 0];

/**
 * Smooths `values[from..to)` into `out` at the same places, going on from `state`; answers the state after the last.
 * Each of `restarts` (indices, growing) begins anew.
 */
export function smooth(
  values: Float64Array,
  weight: number,
  out: Float64Array,
  {
    from = 0,
    to = values.length,
    state = NOTHING_YET,
    restarts = [],
  }: { from?: number; to?: number; state?: SmoothingState; restarts?: readonly number[] } = {},
): SmoothingState {
  let [sum, weights] = state;
  let next = restarts.findIndex((index) => index >= from);
  for (let index = from; index < to; index++) {
    if (next >= 0 && index === restarts[next]) {
      [sum, weights] = NOTHING_YET;
      next++;
    }
    const value = values[index]!;
    if (Number.isFinite(value)) {
      sum = sum * weight + value;
      weights = weights * weight + 1;
      out[index] = sum / weights;
    } else {
      out[index] = value;
    }
  }
  return [sum, weights];
}
