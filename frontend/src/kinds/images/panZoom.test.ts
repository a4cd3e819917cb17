import { expect, test } from "vitest";
import { atScale, FITTED, fittingScale, panned, placementOf, toPicture, zoomedAt } from "./panZoom";

const FRAME = { width: 800, height: 600 };
const PICTURE = { width: 400, height: 100 };

test("a fitted picture is whole and in the middle", () => {
  expect(placementOf(FITTED, FRAME, PICTURE)).toEqual({ scale: 2, left: 0, top: 200 });
});

test("zooming keeps the point under the cursor", () => {
  const cursor = { x: 620, y: 310 };
  const before = toPicture(placementOf(FITTED, FRAME, PICTURE), cursor);
  const view = zoomedAt(FITTED, 3.7, cursor, FRAME, PICTURE);
  const after = toPicture(placementOf(view, FRAME, PICTURE), cursor);
  expect(after.x).toBeCloseTo(before.x, 9);
  expect(after.y).toBeCloseTo(before.y, 9);
  expect(view.zoom).toBeCloseTo(3.7);
});

test("panning moves the picture by as many pixels as the pointer went", () => {
  const view = zoomedAt(FITTED, 4, { x: 400, y: 300 }, FRAME, PICTURE);
  const moved = panned(view, { x: -120, y: 35 }, FRAME, PICTURE);
  const [before, after] = [view, moved].map((each) => placementOf(each, FRAME, PICTURE));
  expect((after?.left ?? 0) - (before?.left ?? 0)).toBeCloseTo(-120);
  expect((after?.top ?? 0) - (before?.top ?? 0)).toBeCloseTo(35);
});

test("the picture cannot be lost: the middle of the frame stays on it", () => {
  const moved = panned(FITTED, { x: 100_000, y: -100_000 }, FRAME, PICTURE);
  expect([moved.x, moved.y]).toEqual([0, 1]);
});

test("1:1 is one picture pixel per pixel, whatever the picture's size", () => {
  const view = atScale(FITTED, 1, { x: 400, y: 300 }, FRAME, PICTURE);
  expect(placementOf(view, FRAME, PICTURE).scale).toBeCloseTo(1);
});

test("zoom has bounds: half the frame, and 64 pixels for one", () => {
  const middle = { x: 400, y: 300 };
  expect(zoomedAt(FITTED, 0.001, middle, FRAME, PICTURE).zoom).toBe(0.5);
  const closest = zoomedAt(FITTED, 1e9, middle, FRAME, PICTURE);
  expect(placementOf(closest, FRAME, PICTURE).scale).toBe(64);
});

test("a picture of a few pixels can be fitted, though its pixels get larger than the bound", () => {
  const tiny = { width: 2, height: 2 };
  const view = zoomedAt(FITTED, 2, { x: 0, y: 0 }, FRAME, tiny);
  expect(placementOf(view, FRAME, tiny).scale).toBe(fittingScale(FRAME, tiny));
});
