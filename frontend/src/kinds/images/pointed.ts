/** From the pointer on a stage to the pixels under it, of one picture or of two that are compared. */
import type { Point, Size } from "../../lib/geometry";
import { toStored, type StoredPicture } from "./orientation";
import { placementOf, type PanZoom } from "./panZoom";
import type { StagePoint } from "./stage";
import type { Thing } from "./things";

/** How one picture is shown, or two: next to each other, or on one stage in one of three ways. */
export type StageMode = "single" | "side" | "wipe" | "blink" | "difference";

/** Whether of two pictures on one stage B is to be seen there. `wipe`: where B begins, as a part of the stage's width. */
export function isOverB(
  mode: StageMode,
  { stage, frame }: StagePoint,
  { wipe, seesB }: { wipe: number; seesB: boolean },
): boolean {
  if (mode === "blink") return seesB;
  return mode === "wipe" && stage.x > wipe * frame.width;
}

/** The whole pixel that a point of the upright picture lies in, as it is stored; null: the point is beside the picture. */
export function storedPixel(picture: StoredPicture, size: Size, { x, y }: Point): Point | null {
  if (x < 0 || y < 0 || x >= size.width || y >= size.height) return null;
  // The middle of the pixel: its edges are the neighbour's where an axis runs backwards.
  const stored = toStored(picture, { x: Math.floor(x) + 0.5, y: Math.floor(y) + 0.5 });
  return { x: Math.floor(stored.x), y: Math.floor(stored.y) };
}

/** The same place in another picture: those of different sizes are looked at as if they were of the same. */
export function inOther({ x, y }: Point, size: Size | null, other: Size | null): Point {
  if (!size || !other) return { x, y };
  return { x: (x / size.width) * other.width, y: (y / size.height) * other.height };
}

/** Where a point of the picture lies on the stage. */
export function onStage({ x, y }: Point, view: PanZoom, frame: Size, picture: Size): Point {
  const { scale, left, top } = placementOf(view, frame, picture);
  return { x: left + x * scale, y: top + y * scale };
}

/**
 * The edges of a picture cover parts of pixels of the screen: this cuts them off, as a value of CSS's clip-path. The
 * difference of two pictures would be one of nothing there.
 */
export function wholePixels(view: PanZoom, frame: Size, picture: Size): string {
  const { scale, left, top } = placementOf(view, frame, picture);
  const right = frame.width - left - picture.width * scale;
  const bottom = frame.height - top - picture.height * scale;
  return `inset(${[top, right, bottom, left].map((edge) => `${Math.max(0, Math.ceil(edge))}px`).join(" ")})`;
}

/** Whether two lists say the same of the same things. */
export function areAlike(some: readonly Thing[], others: readonly Thing[]): boolean {
  return some.length === others.length && some.every((thing, at) => isLike(thing, others[at]));
}

function isLike(one: Thing, other: Thing | undefined): boolean {
  return one.of === other?.of && one.className === other.className && one.detail === other.detail;
}
