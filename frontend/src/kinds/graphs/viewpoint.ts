/** Which part of a drawing is looked at, and how large: pure arithmetic of moves and zooms. */
import { clamp, type Point, type Rectangle, type Size } from "../../lib/geometry";
import type { Side } from "./boxes";

/** A point p of the drawing lies at p * scale + (x, y) of the frame. */
export interface Viewpoint extends Point {
  scale: number;
}

const [LEAST, MOST] = [0.02, 3];
const MARGIN = 16;
/** At first nothing is larger than it is read, nor smaller than it can be read. */
const READABLE = { least: 0.7, most: 1 };

/** All of it, in the middle. */
export function fitted(frame: Size, drawing: Size, most = READABLE.most): Viewpoint {
  const scale = clamp(
    Math.min(
      (frame.width - 2 * MARGIN) / Math.max(1, drawing.width),
      (frame.height - 2 * MARGIN) / Math.max(1, drawing.height),
    ),
    LEAST,
    most,
  );
  return {
    scale,
    x: (frame.width - drawing.width * scale) / 2,
    y: (frame.height - drawing.height * scale) / 2,
  };
}

/** All of it if that can be read, else where it begins. `begin`: what stands first. `isDown`: which way it leads. */
export function firstView(frame: Size, drawing: Size, begin: Rectangle, isDown: boolean): Viewpoint {
  const all = fitted(frame, drawing);
  if (all.scale >= READABLE.least) return all;
  const scale = READABLE.least;
  return {
    scale,
    x: placed(frame.width, drawing.width * scale, (begin.x + begin.width / 2) * scale, !isDown),
    y: placed(frame.height, drawing.height * scale, (begin.y + begin.height / 2) * scale, isDown),
  };
}

/** Where a drawing of `length` begins in a frame: in its middle, at its border, or so that `point` is in the middle. */
function placed(frame: number, length: number, point: number, isAlong: boolean): number {
  if (length <= frame - 2 * MARGIN) return (frame - length) / 2;
  return isAlong ? MARGIN : clamp(frame / 2 - point, frame - length - MARGIN, MARGIN);
}

/** Enlarged around a point of the frame. */
export function zoomed(view: Viewpoint, factor: number, at: Point): Viewpoint {
  const scale = clamp(view.scale * factor, LEAST, MOST);
  const grown = scale / view.scale;
  return { scale, x: at.x - (at.x - view.x) * grown, y: at.y - (at.y - view.y) * grown };
}

/** Moved so that a rectangle of the drawing is in sight; the same if it is. */
export function showing(view: Viewpoint, frame: Size, box: Rectangle, centres = false): Viewpoint {
  const scale = Math.max(view.scale, centres ? 0.7 : 0);
  const [left, top] = [box.x * scale + view.x, box.y * scale + view.y];
  const [width, height] = [box.width * scale, box.height * scale];
  const isIn =
    left >= 0 &&
    top >= 0 &&
    left + width <= frame.width &&
    top + height <= frame.height &&
    scale === view.scale;
  if (isIn && !centres) return view;
  return {
    scale,
    x: frame.width / 2 - (box.x + box.width / 2) * scale,
    y: frame.height / 2 - (box.y + box.height / 2) * scale,
  };
}

/** Beyond which sides of the frame the drawing goes on. */
export function hiddenSides({ x, y, scale }: Viewpoint, frame: Size, drawing: Size): Side[] {
  const beyond: Record<Side, number> = {
    left: -x,
    right: x + drawing.width * scale - frame.width,
    up: -y,
    down: y + drawing.height * scale - frame.height,
  };
  return (Object.keys(beyond) as Side[]).filter((side) => beyond[side] > 1);
}

/** The same place of the screen for a box that has moved in the drawing, as others were folded. */
export function following(view: Viewpoint, before: Point, after: Point): Viewpoint {
  return {
    scale: view.scale,
    x: view.x + (before.x - after.x) * view.scale,
    y: view.y + (before.y - after.y) * view.scale,
  };
}
