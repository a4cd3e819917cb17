import { expect, test } from "vitest";
import { bubblePlace } from "./bubblePlace";

const bubble = { width: 100, height: 50 };
const window = { width: 800, height: 600 };

test("the bubble stands below the pointer and to its right", () => {
  expect(bubblePlace({ x: 200, y: 300 }, bubble, window)).toEqual({ x: 214, y: 314 });
});

test("where there is no room on the right it stands to the left", () => {
  expect(bubblePlace({ x: 678, y: 300 }, bubble, window).x).toBe(692);
  expect(bubblePlace({ x: 679, y: 300 }, bubble, window).x).toBe(565);
});

test.each([
  ["below the lower edge", { x: 200, y: 590 }, bubble, { x: 214, y: 542 }],
  ["where neither side has room", { x: 60, y: 20 }, { width: 700, height: 50 }, { x: 74, y: 34 }],
  ["nor that side enough", { x: 400, y: 20 }, { width: 700, height: 50 }, { x: 92, y: 34 }],
  ["larger than the window", { x: 400, y: 300 }, { width: 900, height: 700 }, { x: 8, y: 8 }],
])("it never leaves the window: %s", (_, pointer, size, expected) => {
  expect(bubblePlace(pointer, size, window)).toEqual(expected);
});
