import { expect, test } from "vitest";
import { smooth } from "./smoothing";

/** TensorBoard's formula, written as it is there. */
function asTensorBoard(values: number[], weight: number): number[] {
  let last = 0;
  let accumulated = 0;
  return values.map((value) => {
    if (!Number.isFinite(value)) return value;
    last = last * weight + (1 - weight) * value;
    accumulated++;
    return last / (1 - weight ** accumulated);
  });
}

function smoothed(values: number[], weight: number, restarts: number[] = []): number[] {
  const out = new Float64Array(values.length);
  smooth(Float64Array.from(values), weight, out, { restarts });
  return [...out];
}

test("smoothing equals TensorBoard's debiased average", () => {
  const values = [3, 1, 4, 1, 5, 9, 2, 6];
  const expected = asTensorBoard(values, 0.6);
  smoothed(values, 0.6).forEach((value, index) => expect(value).toBeCloseTo(expected[index]!, 12));
});

test("the first smoothed value is the first value, and a constant stays constant", () => {
  for (const value of smoothed([7, 7, 7], 0.99)) expect(value).toBeCloseTo(7, 12);
});

test("values that are not finite stay as they are and do not disturb the average", () => {
  expect(smoothed([2, NaN, 2, Infinity, 2], 0.5)).toEqual([2, NaN, 2, Infinity, 2]);
});

test("smoothing goes on from a state as if it had never stopped", () => {
  const values = Float64Array.of(1, 5, 2, 8, 3);
  const once = new Float64Array(5);
  smooth(values, 0.8, once);
  const twice = new Float64Array(5);
  const state = smooth(values, 0.8, twice, { to: 3 });
  smooth(values, 0.8, twice, { from: 3, state });
  expect(twice).toEqual(once);
});

test("each restart is smoothed anew", () => {
  const values = smoothed([10, 10, 2, 2], 0.9, [2]);
  [10, 10, 2, 2].forEach((expected, index) => expect(values[index]).toBeCloseTo(expected, 12));
});
