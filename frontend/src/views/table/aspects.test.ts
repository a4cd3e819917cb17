import { expect, test } from "vitest";
import { ASPECTS, aspectOf, deltaOf, fieldOf, fieldOfSetting, goalOfAspect, keyOf, titleOf } from "./aspects";

test.each(ASPECTS)("the key of %s says it again", (aspect) => {
  const each = { label: "at:5:odd:label", aspect, ...(aspect === "at" && { step: 1000 }) };
  expect(aspectOf(keyOf(each))).toEqual(each);
});

test.each(["status", "config:lr", "at:val/loss", "atlast:x", "at:x:y"])("%s is no label's", (key) => {
  expect(aspectOf(key)).toBeNull();
});

test("titles say what of the label it is", () => {
  expect(titleOf({ label: "val/loss", aspect: "last" })).toBe("val/loss last");
  expect(titleOf({ label: "val/loss", aspect: "at", step: 1000 })).toBe("val/loss at 1,000");
});

test("the server is asked in the filter's language", () => {
  expect(fieldOf({ label: "val/loss", aspect: "mean" }, "")).toBe('mean("val/loss")');
  expect(fieldOf({ label: 'a"b\\', aspect: "at", step: 7 }, "")).toBe('at("a\\"b\\\\", 7)');
  expect(fieldOf({ label: "val/loss", aspect: "best" }, "min")).toBe('min("val/loss")');
  expect(fieldOf({ label: "x", aspect: "best" }, "")).toBe('best("x")');
  expect(fieldOfSetting("model depth")).toBe('config."model depth"');
});

test("the step of the smallest value has no better or worse", () => {
  expect(goalOfAspect({ label: "loss", aspect: "argmin" }, "min")).toBe("");
  expect(goalOfAspect({ label: "loss", aspect: "at", step: 3 }, "min")).toBe("min");
});

test("a delta is better or worse by the goal", () => {
  expect(deltaOf(0.5, 0.75, "min")).toEqual({ by: -0.25, verdict: "better" });
  expect(deltaOf(0.5, 0.75, "max")).toEqual({ by: -0.25, verdict: "worse" });
  expect(deltaOf(0.5, 0.75, "")).toEqual({ by: -0.25, verdict: "" });
  expect(deltaOf(0.5, 0.5, "min")).toEqual({ by: 0, verdict: "" });
});

test.each([
  [null, 1],
  ["a", 1],
  [1, null],
  [NaN, 1],
  [Infinity, 1],
])("between %s and %s there is no delta", (value, baseline) => {
  expect(deltaOf(value, baseline, "min")).toBeNull();
});
