import { expect, test } from "vitest";
import { firstView, fitted, following, hiddenSides, showing, zoomed } from "./viewpoint";

const FRAME = { width: 400, height: 300 };
const BOX = { x: 900, y: 0, width: 100, height: 30 };

test("all of a small drawing is in the middle, not enlarged", () => {
  expect(fitted(FRAME, { width: 100, height: 100 })).toEqual({ scale: 1, x: 150, y: 100 });
});

test("of a large one its begin can be read", () => {
  const view = firstView(FRAME, { width: 2000, height: 9000 }, BOX, true);
  expect(view.y).toBe(16);
  const middle = (BOX.x + BOX.width / 2) * view.scale + view.x;
  expect(middle).toBeCloseTo(FRAME.width / 2);
});

test("a drawing goes on beyond the sides that cut it", () => {
  const drawing = { width: 300, height: 900 };
  expect(hiddenSides(fitted(FRAME, drawing), FRAME, drawing)).toEqual([]);
  expect(hiddenSides({ scale: 1, x: 50, y: 16 }, FRAME, drawing)).toEqual(["down"]);
  expect(hiddenSides({ scale: 2, x: -100, y: -100 }, FRAME, drawing)).toEqual([
    "left",
    "right",
    "up",
    "down",
  ]);
});

test("what is under the pointer stays there while it is enlarged", () => {
  const view = zoomed({ scale: 1, x: 10, y: 20 }, 2, { x: 110, y: 120 });
  expect([(110 - view.x) / view.scale, (120 - view.y) / view.scale]).toEqual([100, 100]);
});

test("what is in sight is not moved to", () => {
  const view = { scale: 1, x: -850, y: 50 };
  expect(showing(view, FRAME, BOX)).toBe(view);
  expect(showing({ ...view, x: 0 }, FRAME, BOX).x).toBe(200 - 950);
});

test("a box that moved in the drawing stays on the screen", () => {
  expect(following({ scale: 2, x: 0, y: 0 }, { x: 5, y: 5 }, { x: 8, y: 5 })).toEqual({
    scale: 2,
    x: -6,
    y: 0,
  });
});
