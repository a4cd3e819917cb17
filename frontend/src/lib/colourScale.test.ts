import { expect, test } from "vitest";
import { colourOnScale, colourScaleOf, rampColour, WITHOUT_VALUE } from "./colourScale";

test("words have colours of their own, in natural order", () => {
  const scale = colourScaleOf(["lion", "adam", null, "adam", "sgd-10", "sgd-9"]);
  expect(scale.kind === "values" && [...scale.places.keys()]).toEqual(["adam", "lion", "sgd-9", "sgd-10"]);
  expect(colourOnScale(scale, "adam", "light")).not.toBe(colourOnScale(scale, "lion", "light"));
  expect(colourOnScale(scale, null, "light")).toBe(WITHOUT_VALUE);
});

test("numbers and words together are words", () => {
  expect(colourScaleOf([1, 2, "auto"]).kind).toBe("values");
  expect(colourScaleOf([true, false]).kind).toBe("values");
});

test("numbers lie on a scale, and few of them are told apart one by one", () => {
  const scale = colourScaleOf([0, 2, 1, 2]);
  expect(scale).toMatchObject({ kind: "numbers", low: 0, high: 2, log: false, values: [0, 1, 2] });
  expect(colourOnScale(scale, 0, "dark")).toBe(rampColour(0, "dark"));
  expect(colourOnScale(scale, 1, "dark")).toBe(rampColour(0.5, "dark"));
});

test("it is logarithmic where numbers span decades and lie evenly on it", () => {
  const scale = colourScaleOf([1e-4, 1e-3, 1e-2]);
  expect(scale).toMatchObject({ log: true });
  expect(colourOnScale(scale, 1e-3, "light")).toBe(rampColour(0.5, "light"));
  expect(colourScaleOf([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])).toMatchObject({ log: false, values: [] });
  expect(colourScaleOf([0, 1, 1000])).toMatchObject({ log: false });
});

test("what is no finite number has no place on the scale", () => {
  const scale = colourScaleOf([1, 2, NaN, Infinity]);
  expect(scale).toMatchObject({ low: 1, high: 2 });
  expect(colourOnScale(scale, NaN, "light")).toBe(WITHOUT_VALUE);
  expect(colourOnScale(scale, Infinity, "light")).toBe(WITHOUT_VALUE);
});

test("one number is one value", () => {
  expect(colourScaleOf([3, 3]).kind).toBe("values");
  expect(colourScaleOf([]).kind).toBe("values");
});
