/** Draws masks, polygons and keypoints on a canvas that lies over a picture. */
import type { Keypoints, Polygon } from "../../api/messages";
import type { Point, Size } from "../../lib/geometry";
import { classOf } from "./boxes";
import { tagOf, writeTags, type Writing } from "./drawBoxes";
import { edgesOf, pointOf, pointsOf, transformed, type Transform } from "./overlays";

export interface OverlayDrawing {
  /** From stored pixels to those of the canvas. */
  transform: Transform;
  /** Device pixels in a CSS pixel. */
  ratio: number;
  colourOf: (className: string) => string;
  /** On a thumbnail lines are thinner. */
  isSmall: boolean;
  /** Class and probability at each. */
  writing: Writing | null;
}

/** Each covers the whole picture, of the size `stored`. */
export function drawMasks(
  context: CanvasRenderingContext2D,
  masks: readonly CanvasImageSource[],
  stored: Size,
  opacity: number,
  transform: Transform,
): void {
  context.save();
  context.setTransform(...transform);
  context.imageSmoothingEnabled = false;
  context.globalAlpha = opacity;
  for (const mask of masks) context.drawImage(mask, 0, 0, stored.width, stored.height);
  context.restore();
}

export function drawPolygons(
  context: CanvasRenderingContext2D,
  polygons: readonly Polygon[],
  marked: ReadonlySet<object>,
  drawing: OverlayDrawing,
): void {
  const line = lineOf(drawing);
  context.lineJoin = "round";
  const placed = polygons.flatMap((polygon) => {
    const corners = placedPoints(pointsOf(polygon.points), drawing);
    return corners.length < 3 ? [] : [{ polygon, corners, colour: drawing.colourOf(classOf(polygon)) }];
  });
  for (const { polygon, corners, colour } of placed) {
    context.beginPath();
    for (const { x, y } of corners) context.lineTo(x, y);
    context.closePath();
    context.fillStyle = `${colour}${marked.has(polygon) ? "66" : "26"}`;
    context.fill();
    strokeWithRim(context, colour, line, drawing);
  }
  if (!drawing.writing) return;
  const tags = placed.map(({ polygon, corners, colour }) => ({
    text: tagOf(polygon),
    x: Math.min(...corners.map(({ x }) => x)),
    y: Math.min(...corners.map(({ y }) => y)),
    colour,
  }));
  writeTags(context, tags, line, drawing.ratio, drawing.writing);
}

/** `isSure`: whether a point, by its thing and place, is probable enough. */
export function drawKeypoints(
  context: CanvasRenderingContext2D,
  things: readonly Keypoints[],
  isSure: (thing: Keypoints, place: number) => boolean,
  drawing: OverlayDrawing,
): void {
  const line = lineOf(drawing);
  const radius = (drawing.isSmall ? 1.5 : 3.5) * drawing.ratio;
  for (const thing of things) {
    const colour = drawing.colourOf(classOf(thing));
    const points = thing.points.map((point, place) => (isSure(thing, place) ? point : null));
    for (const ends of edgesOf(points, thing.edges ?? [])) {
      const [from, to] = placedPoints(ends, drawing);
      context.beginPath();
      context.moveTo(from!.x, from!.y);
      context.lineTo(to!.x, to!.y);
      strokeWithRim(context, colour, line, drawing);
    }
    for (const given of points) {
      const point = pointOf(given);
      if (!point) continue;
      const { x, y } = transformed(drawing.transform, point);
      context.beginPath();
      context.arc(x, y, radius, 0, 2 * Math.PI);
      // White inside: it may lie on a mask of its own colour.
      context.fillStyle = "#ffffff";
      context.fill();
      strokeWithRim(context, colour, line, drawing);
    }
  }
}

function strokeWithRim(
  context: CanvasRenderingContext2D,
  colour: string,
  line: number,
  { isSmall, ratio }: OverlayDrawing,
): void {
  if (!isSmall) {
    context.lineWidth = line + 2 * ratio;
    context.strokeStyle = "rgb(0 0 0 / 55%)";
    context.stroke();
  }
  context.lineWidth = line;
  context.strokeStyle = colour;
  context.stroke();
}

function lineOf({ isSmall, ratio }: OverlayDrawing): number {
  return Math.max(1, (isSmall ? 1.5 : 2) * ratio);
}

function placedPoints(points: readonly Point[], { transform }: OverlayDrawing): Point[] {
  return points.map((point) => transformed(transform, point));
}
