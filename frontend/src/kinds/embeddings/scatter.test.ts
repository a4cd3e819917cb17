import { expect, test } from "vitest";
import { boundsOf, FIRST_VIEW, pointAt, pointsInside, toScreen, zoomed } from "./scatter";

const size = { width: 100, height: 100 };
const corners = new Float32Array([-1, -1, 0, 1, -1, 0, 1, 1, 0, -1, 1, 0]);
const screenOf = (view = FIRST_VIEW) => toScreen(corners, boundsOf(corners), view, size);

test("all points are in sight at first, with y upwards", () => {
  const screen = screenOf();
  expect([...screen.slice(0, 2)]).toEqual([6, 94]);
  expect([...screen.slice(6, 8)]).toEqual([94, 6]);
});

test("turning by half a circle swaps left and right", () => {
  const screen = screenOf({ ...FIRST_VIEW, yaw: Math.PI });
  expect(screen[0]).toBeCloseTo(94);
  expect(screen[1]).toBeCloseTo(94);
});

test("the nearest point under the pointer is found", () => {
  expect(pointAt(screenOf(), 90, 90, 8)).toBe(1);
  expect(pointAt(screenOf(), 50, 50, 8)).toBeNull();
});

test("a line drawn around points selects them", () => {
  expect(
    pointsInside(screenOf(), [
      [0, 0],
      [100, 0],
      [100, 50],
      [0, 50],
    ]),
  ).toEqual([2, 3]);
  expect(pointsInside(screenOf(), [])).toEqual([]);
});

test("what is under the wheel stays there", () => {
  const view = zoomed(FIRST_VIEW, 2, 94, 94, size);
  const screen = screenOf(view);
  expect([screen[3], screen[4]].map((value) => Math.round(value!))).toEqual([94, 94]);
});
