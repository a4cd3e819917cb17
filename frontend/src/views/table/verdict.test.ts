import { expect, test } from "vitest";
import type { GroupComparison } from "../../api/messages";
import { verdictOf } from "./verdict";

const spread = (n: number, mean: number) => ({
  n,
  mean,
  median: mean,
  deviation: 0.02,
  minimum: 0,
  maximum: 1,
});

const comparison = (difference: number | null, low: number | null, high: number | null): GroupComparison => ({
  a: spread(5, 0.5),
  b: spread(4, 0.6),
  difference,
  low,
  high,
  degrees: 6.5,
  better: "",
  unread: 0,
});

test("the better group is named, by the goal", () => {
  const lower = comparison(-0.1, -0.15, -0.05);
  expect(verdictOf(lower, "A", "B", "val/loss last", "min").answer).toBe(
    "A is better than B: val/loss last is lower by 0.1.",
  );
  expect(verdictOf(lower, "A", "B", "accuracy", "max").answer).toBe(
    "B is better than A: accuracy is higher by 0.1.",
  );
  expect(verdictOf(lower, "A", "B", "speed", "").answer).toBe("A has a lower speed than B, by 0.1.");
});

test("an interval with 0 in it is no difference", () => {
  const { tone, answer, reasons } = verdictOf(comparison(-0.1, -0.25, 0.05), "A", "B", "loss", "min");
  expect(tone).toBe("even");
  expect(answer).toContain("No difference beyond noise");
  expect(reasons[0]).toBe("Difference −0.1, 95 % interval −0.25 to +0.05 (Welch), n = 5 and 4");
});

test("too few values are said", () => {
  const few = { ...comparison(null, null, null), a: null };
  const { tone, reasons } = verdictOf(few, "A", "B", "loss", "min");
  expect(tone).toBe("unknown");
  expect(reasons).toEqual(["B: mean 0.6 ± 0.02", "n = 0 and 4"]);
});
