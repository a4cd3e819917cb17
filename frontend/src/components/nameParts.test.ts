import { expect, test } from "vitest";
import { nameParts } from "./nameParts";

test("the end of a long name is a part of its own", () => {
  expect(nameParts("resnet50-lr0.0003-seed0042")).toEqual(["resnet50-lr0.000", "3-seed0042"]);
  expect(nameParts("a".repeat(20))).toEqual(["a".repeat(20), ""]);
});

test("characters of two halves stay whole", () => {
  expect(nameParts("🚗".repeat(21))).toEqual(["🚗".repeat(11), "🚗".repeat(10)]);
});
