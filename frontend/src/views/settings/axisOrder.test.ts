import { expect, test } from "vitest";
import { axisPlaces, moved, placeNear } from "./axisOrder";

test("an axis goes to another place", () => {
  expect(moved(["a", "b", "c"], "a", 2)).toEqual(["b", "c", "a"]);
  expect(moved(["a", "b", "c"], "c", -5)).toEqual(["c", "a", "b"]);
  expect(moved(["a"], "x", 0)).toEqual(["a"]);
});

test("axes share the width", () => {
  expect(axisPlaces(3, 300, 50)).toEqual([50, 150, 250]);
  expect(axisPlaces(1, 300, 50)).toEqual([150]);
  expect(axisPlaces(0, 300, 50)).toEqual([]);
  expect(placeNear([50, 150, 250], 190)).toBe(1);
});
