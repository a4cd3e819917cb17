/**
 * Looking at a part of a picture, in terms that hold for frames and pictures of any size: so that two pictures can be
 * looked at in step, a resized window keeps what it showed, and the address can carry it.
 */
import { clamp, type Point, type Size } from "../../lib/geometry";

/** `zoom`: 1 fits the whole picture into its frame. `x`, `y`: the picture's point in the middle of the frame, 0 to 1. */
export interface PanZoom {
  zoom: number;
  x: number;
  y: number;
}

/** Where a picture is drawn: its point p lies at p * scale + (left, top) of the frame. */
export interface Placement {
  scale: number;
  left: number;
  top: number;
}

export const FITTED: PanZoom = { zoom: 1, x: 0.5, y: 0.5 };

/** So large may a pixel of the picture become, in frame pixels. */
const LARGEST_SCALE = 64;
/** A picture can be made smaller than its frame only a little: there is nothing to see then. */
const SMALLEST_ZOOM = 0.5;

/** The scale at which the whole picture just fits. */
export function fittingScale(frame: Size, picture: Size): number {
  return Math.min(frame.width / picture.width, frame.height / picture.height);
}

export function placementOf(view: PanZoom, frame: Size, picture: Size): Placement {
  const scale = fittingScale(frame, picture) * view.zoom;
  return {
    scale,
    left: frame.width / 2 - view.x * picture.width * scale,
    top: frame.height / 2 - view.y * picture.height * scale,
  };
}

/** The picture's point (in its pixels) at a point of the frame. */
export function toPicture({ scale, left, top }: Placement, { x, y }: Point): Point {
  return { x: (x - left) / scale, y: (y - top) / scale };
}

/** Enlarged by `factor`, with the picture's point under `point` of the frame staying where it is. */
export function zoomedAt(view: PanZoom, factor: number, point: Point, frame: Size, picture: Size): PanZoom {
  const zoom = allowedZoom(view.zoom * factor, frame, picture);
  const before = placementOf(view, frame, picture);
  const fixed = toPicture(before, point);
  const scale = fittingScale(frame, picture) * zoom;
  return inSight({
    zoom,
    x: (fixed.x - (point.x - frame.width / 2) / scale) / picture.width,
    y: (fixed.y - (point.y - frame.height / 2) / scale) / picture.height,
  });
}

/** Moved by so many pixels of the frame. */
export function panned(view: PanZoom, by: Point, frame: Size, picture: Size): PanZoom {
  const { scale } = placementOf(view, frame, picture);
  return inSight({
    zoom: view.zoom,
    x: view.x - by.x / (picture.width * scale),
    y: view.y - by.y / (picture.height * scale),
  });
}

/** At an absolute scale (frame pixels per picture pixel), around a point of the frame. */
export function atScale(view: PanZoom, scale: number, point: Point, frame: Size, picture: Size): PanZoom {
  return zoomedAt(view, scale / placementOf(view, frame, picture).scale, point, frame, picture);
}

function allowedZoom(zoom: number, frame: Size, picture: Size): number {
  const largest = Math.max(1, LARGEST_SCALE / fittingScale(frame, picture));
  return clamp(zoom, SMALLEST_ZOOM, largest);
}

/** The middle of the frame never leaves the picture. */
function inSight({ zoom, x, y }: PanZoom): PanZoom {
  return { zoom, x: clamp(x, 0, 1), y: clamp(y, 0, 1) };
}
