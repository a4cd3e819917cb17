import { beforeEach, expect, test } from "vitest";
import { annotating } from "../../frame/annotating.svelte";
import { setEditing } from "../../state/editing.svelte";
import { annotateAt, placesWithin } from "./annotate";
import type { ScalarLine } from "./lines";

function line(steps: number[], experiment = "a"): ScalarLine {
  const x = Float64Array.from(steps, (_step, index) => 10 * index);
  return { experiment, steps: Float64Array.from(steps), x, length: steps.length, origin: 0 } as ScalarLine;
}

beforeEach(() => {
  setEditing({ allowed: true, user: "", reason: "" });
  annotating.close();
});

test("what is pointed at goes to the line that is meant, or to one of all", () => {
  const at = (from: ScalarLine, index: number) => ({ line: from, index }) as never;
  const [first, second] = [at(line([5, 6]), 1), at(line([7, 8], "b"), 0)];
  annotateAt("loss", { points: [first, second], nearest: second });
  expect(annotating.draft).toMatchObject({ label: "loss", isPoint: true });
  expect(annotating.draft?.places).toEqual([
    { experiment: "b", step: 7, endStep: null },
    { experiment: "a", step: 6, endStep: null },
  ]);
  annotateAt("loss", { points: [first], nearest: null });
  expect(annotating.draft?.isPoint).toBe(false);
  annotating.close();
  setEditing({ allowed: false, user: "", reason: "No." });
  annotateAt("loss", { points: [first], nearest: first });
  expect(annotating.draft).toBeNull();
});

test("a range of x is steps: those between on an axis of steps, those of the points on others", () => {
  const lines = [line([100, 200, 300]), line([], "b")];
  expect(placesWithin(lines, { x: [-3, 150.5] }, true)).toEqual([
    { experiment: "a", step: 0, endStep: 150 },
    { experiment: "b", step: 0, endStep: 150 },
  ]);
  expect(placesWithin(lines, { x: [5, 25] }, false)).toEqual([{ experiment: "a", step: 200, endStep: 300 }]);
  expect(placesWithin(lines, { x: [1, 2] }, false)).toBeNull();
});
