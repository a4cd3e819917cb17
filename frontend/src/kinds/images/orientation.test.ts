import { describe, expect, test } from "vitest";
import { rectangleToUpright, toStored, toUpright, uprightSize } from "./orientation";

/** Stored 4 x 2; where the stored picture's top left and top right pixel centres lie when it stands upright. */
const CORNERS: [orientation: number, topLeft: [number, number], topRight: [number, number]][] = [
  [1, [0.5, 0.5], [3.5, 0.5]],
  [2, [3.5, 0.5], [0.5, 0.5]],
  [3, [3.5, 1.5], [0.5, 1.5]],
  [4, [0.5, 1.5], [3.5, 1.5]],
  [5, [0.5, 0.5], [0.5, 3.5]],
  [6, [1.5, 0.5], [1.5, 3.5]],
  [7, [1.5, 3.5], [1.5, 0.5]],
  [8, [0.5, 3.5], [0.5, 0.5]],
];

describe.each(CORNERS)("orientation %i", (orientation, topLeft, topRight) => {
  const picture = { width: 4, height: 2, orientation };

  test("turns the stored corners as EXIF says", () => {
    expect(toUpright(picture, { x: 0.5, y: 0.5 })).toEqual({ x: topLeft[0], y: topLeft[1] });
    expect(toUpright(picture, { x: 3.5, y: 0.5 })).toEqual({ x: topRight[0], y: topRight[1] });
  });

  test("can be undone", () => {
    const point = { x: 3.25, y: 0.75 };
    expect(toStored(picture, toUpright(picture, point))).toEqual(point);
  });

  test("keeps a rectangle a rectangle of the same area inside the upright picture", () => {
    const { x, y, width, height } = rectangleToUpright(picture, { x: 1, y: 0, width: 3, height: 1 });
    const size = uprightSize(picture);
    expect(width * height).toBe(3);
    expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
    expect(x + width).toBeLessThanOrEqual(size.width);
    expect(y + height).toBeLessThanOrEqual(size.height);
  });
});

test("an orientation that EXIF does not know leaves the picture as stored", () => {
  expect(toUpright({ width: 4, height: 2, orientation: 9 }, { x: 1, y: 2 })).toEqual({ x: 1, y: 2 });
});
