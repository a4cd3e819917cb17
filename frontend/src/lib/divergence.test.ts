import { expect, test } from "vitest";
import { divergedIn } from "./divergence";

const known = (lasts: readonly (number | string)[], maximum?: number) =>
  new Map(
    lasts.map((last_value, index) => [
      `run-${index}`,
      { last_value, last_step: 1000, minimum: 0.3, maximum: maximum ?? Math.max(3, Number(last_value) || 0) },
    ]),
  );

test("what ends without a number has diverged, however few there are", () => {
  expect([...divergedIn("val/loss", known(["nan"]))]).toEqual([
    ["run-0", "val/loss is not finite at step 1,000"],
  ]);
});

test("what is far beyond the others and grows has diverged", () => {
  const usual = [0.4, 0.45, 0.5, 0.55, 0.6];
  expect([...divergedIn("loss", known([...usual, 80])).keys()]).toEqual(["run-5"]);
  expect(divergedIn("loss", known([...usual, 0.9])).size).toBe(0);
  // It was larger by far, and comes down.
  expect(divergedIn("loss", known([...usual, 80], 1000)).size).toBe(0);
});

test("of a few nobody knows which is as it should be", () => {
  expect(divergedIn("loss", known([0.5, 80])).size).toBe(0);
});
