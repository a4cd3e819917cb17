import { expect, test } from "vitest";
import type { Progress } from "../api/messages";
import { currentOf, describeProgress, explainProgress, leftOf } from "./progress";

function bar(changes: Partial<Progress> = {}): Progress {
  return {
    name: "Train",
    done: 340,
    total: 1000,
    rate: 10,
    started: 0,
    updated: 100,
    unit: "it",
    ...changes,
  };
}

test("what is left is said with the share that is done", () => {
  expect(describeProgress(bar(), 100)).toBe("34 %, 1 min left");
  expect(describeProgress(bar({ rate: 0.01 }), 100)).toBe("34 %, 18 h left");
  expect(describeProgress(bar({ done: 999, rate: 10 }), 100)).toBe("99 %, 1 s left");
});

test("without a rate only the share is said, and without an end only the count", () => {
  expect(describeProgress(bar({ rate: null }), 100)).toBe("34 %");
  expect(describeProgress(bar({ total: null, done: 1200 }), 100)).toBe("1,200 it");
  expect(describeProgress(bar({ total: null, unit: "" }), 100)).toBe("340 done");
  expect(describeProgress(bar({ total: 0 }), 100)).toBe("340 it");
});

test("time that passes between two reports is taken off, and never below nothing", () => {
  expect(leftOf(bar(), 130)).toBe(36);
  expect(leftOf(bar(), 1e6)).toBe(0);
  expect(leftOf(bar({ ended: true }), 100)).toBeNull();
});

test("the outermost loop with an end is the one that is shown", () => {
  const outer = bar({ name: "epochs", total: null });
  const inner = bar({ name: "batches" });
  expect(currentOf([outer, inner])).toBe(inner);
  expect(currentOf([bar({ ended: true }), outer])).toBe(outer);
  expect(currentOf([bar({ ended: true })])).toBeNull();
});

test("all that is known of a loop stands in a line", () => {
  expect(explainProgress(bar({ unit: "batches" }))).toBe("Train: 340 of 1,000 batches, 10 a second");
  expect(explainProgress(bar({ rate: 0.25, total: null }))).toBe("Train: 340 it, 4 s each");
});
