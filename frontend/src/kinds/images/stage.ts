/** The stage, on which pictures are looked at: its points, and zoom in terms of the screen's own pixels. */
import type { Point, Size } from "../../lib/geometry";
import { atScale, placementOf, type PanZoom } from "./panZoom";

/** Where the pointer is. */
export interface StagePoint {
  /** In pixels of the upright picture. */
  picture: Point;
  stage: Point;
  /** Of the stage. */
  frame: Size;
}

/** One pixel of the picture on one of the screen, around a point of the frame. */
export function toPixels(view: PanZoom, at: Point, frame: Size, picture: Size): PanZoom {
  return atScale(view, 1 / devicePixelRatio, at, frame, picture);
}

/** Pixels of the screen for one of the picture. */
export function screenScale(view: PanZoom, frame: Size, picture: Size): number {
  return placementOf(view, frame, picture).scale * devicePixelRatio;
}

export function middleOf({ width, height }: Size): Point {
  return { x: width / 2, y: height / 2 };
}
