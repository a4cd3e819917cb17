/** What lies under the pointer, of everything that is drawn over a picture. Coordinates are stored pixels. */
import type { Box, ImageContent, Keypoints } from "../../api/messages";
import type { Point, Rectangle } from "../../lib/geometry";
import type { PictureContent } from "./annotated.svelte";
import { boxesAt, classOf, classOfValue, isProbable, rectangleOf, shownOf, type BoxFilter } from "./boxes";
import type { ShownMask } from "./masks.svelte";
import { isInRegion } from "./regions";
import { isInside, nearestOf, pointOf, pointsOf, valueAt } from "./overlays";

export interface Thing {
  /** What it was made of: a box, a polygon, the things that a keypoint is of, a mask. */
  of: object;
  className: string;
  /** What else is known of it: the name of a keypoint or a mask. */
  detail: string;
  probability: number | null;
  /** null: of a mask. Without a size: of a keypoint. */
  place: Rectangle | null;
}

/** Which of them are shown at all; of masks only those that are shown are there. */
export interface Shows {
  boxes: boolean;
  keypoints: boolean;
  polygons: boolean;
  /** Of those that stand in no file of their own. */
  masks?: boolean;
}

/** Keypoints first, then boxes and polygons, the smallest first, then masks. `reach`: how near a keypoint has to be. */
export function thingsAt(
  content: PictureContent,
  masks: readonly ShownMask[],
  filter: BoxFilter,
  shows: Shows,
  point: Point,
  reach: number,
): Thing[] {
  return [
    ...(shows.keypoints ? keypointsAt(content, filter, point, reach) : []),
    ...(shows.boxes ? boxesAt(shownOf(content.boxes, content, filter), point).map(thingOfBox) : []),
    ...(shows.boxes
      ? boxesAt(shownOf(content.expectedBoxes ?? [], content, filter), point).map(thingOfExpected)
      : []),
    ...(shows.polygons ? polygonsAt(content, filter, point) : []),
    ...masksAt(content, masks, filter, point),
    ...(shows.masks ? regionsAt(content, filter, point) : []),
  ];
}

/** Whether a keypoint is shown, if its thing is. */
export function isSure(content: ImageContent, filter: BoxFilter, thing: Keypoints, place: number): boolean {
  return isProbable(thing.probabilities?.[place], content, filter);
}

function keypointsAt(content: ImageContent, filter: BoxFilter, point: Point, reach: number): Thing[] {
  return shownOf(content.keypoints, content, filter).flatMap((thing) => {
    const points = thing.points.map((given, place) => (isSure(content, filter, thing, place) ? given : null));
    const nearest = nearestOf(points, point, reach);
    const at = pointOf(points[nearest]);
    if (!at) return [];
    const detail = thing.names?.[nearest] ?? `point ${nearest}`;
    const probability = thing.probabilities?.[nearest] ?? thing.probability ?? null;
    return [
      { of: thing, className: classOf(thing), detail, probability, place: { ...at, width: 0, height: 0 } },
    ];
  });
}

function thingOfBox(box: Box): Thing {
  const { probability = null } = box;
  return { of: box, className: classOf(box), detail: "", probability, place: rectangleOf(box) };
}

function thingOfExpected(box: Box): Thing {
  return { ...thingOfBox(box), detail: box.isCrowd ? "expected crowd" : "expected" };
}

function polygonsAt(content: ImageContent, filter: BoxFilter, point: Point): Thing[] {
  return shownOf(content.polygons, content, filter).flatMap((polygon) => {
    const corners = pointsOf(polygon.points);
    if (!isInside(corners, point)) return [];
    const { probability = null } = polygon;
    const place = boundsOf(corners);
    return [{ of: polygon, className: classOf(polygon), detail: "polygon", probability, place }];
  });
}

function masksAt(
  content: ImageContent,
  masks: readonly ShownMask[],
  { hiddenClasses }: BoxFilter,
  point: Point,
): Thing[] {
  return masks.flatMap((mask) => {
    const value = mask.pixels && valueAt(mask.pixels, point);
    const className = value === null ? null : classOfValue(content, value);
    if (className === null || hiddenClasses.has(className)) return [];
    const detail = mask.name ? `mask ${mask.name}` : "mask";
    return [{ of: mask.pixels!, className, detail, probability: null, place: null }];
  });
}

function regionsAt(content: PictureContent, filter: BoxFilter, { x, y }: Point): Thing[] {
  return shownOf(content.regions ?? [], content, filter).flatMap((region) => {
    if (!isInRegion(region, x, y)) return [];
    const { probability = null } = region;
    return [{ of: region, className: classOf(region), detail: "mask", probability, place: null }];
  });
}

function boundsOf(points: readonly Point[]): Rectangle {
  const across = points.map(({ x }) => x);
  const down = points.map(({ y }) => y);
  const [x, y] = [Math.min(...across), Math.min(...down)];
  return { x, y, width: Math.max(...across) - x, height: Math.max(...down) - y };
}
