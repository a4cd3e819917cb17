import { expect, test } from "vitest";
import { areNoisy, isNoisy } from "./noise";

/** Always the same numbers between -0.5 and 0.5, as even as random ones. */
const random = (step: number) => ((Math.sin(step * 12.9898) * 43758.5453) % 1) / 2;

const values = (of: (step: number) => number, count = 500) => ({
  values: Float64Array.from({ length: count }, (_, step) => of(step)),
  length: count,
});
const loss = (step: number) => 0.5 + 3 * Math.exp(-step / 100);

test.each<[string, boolean, (step: number) => number]>([
  ["a loss with a little noise", false, (step) => loss(step) + 0.02 * random(step)],
  ["a loss whose neighbours jump", true, (step) => loss(step) * (1 + random(step))],
  ["a schedule", false, (step) => 0.01 * (1 + Math.cos(step / 160))],
  ["a counter in steps", false, (step) => Math.floor(step / 50)],
  ["a constant", false, () => 0.1],
  ["nothing but noise", true, random],
  ["noise with NaN in it", true, (step) => (step % 7 === 0 ? NaN : random(step))],
  ["rare spikes over a slow line", false, (step) => (step % 100 === 0 ? 80 : step / 500)],
])("%s: %s", (_name, noisy, of) => {
  expect(isNoisy(values(of))).toBe(noisy);
});

test("a few points can be looked at one by one", () => {
  expect(isNoisy(values(random, 20))).toBeNull();
  expect(areNoisy([values(random, 20)])).toBeNull();
});

test("most lines of a label decide", () => {
  expect(areNoisy([values(loss), values(random), values(random, 3)])).toBe(false);
  expect(areNoisy([values(loss), values(random), values(random)])).toBe(true);
});
