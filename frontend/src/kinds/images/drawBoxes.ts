/** Draws boxes on a canvas that lies over a picture. */
import type { Box } from "../../api/messages";
import type { Rectangle, Size } from "../../lib/geometry";
import { classOf, rectangleOf } from "./boxes";
import { inkOn } from "./colourContrast";
import { rectangleToUpright, type StoredPicture } from "./orientation";
import type { Placement } from "./panZoom";

export interface BoxDrawing {
  boxes: readonly Box[];
  stored: StoredPicture;
  /** Of the upright picture in the canvas, in CSS pixels. */
  placement: Placement;
  colourOf: (box: Box) => string;
  /** Of these the line is dashed. */
  dashed?: ReadonlySet<object>;
  /** What stands before class and probability of a box. */
  prefixOf?: (box: Box) => string;
  /** Of class and probability at each box. */
  writing: Writing | null;
  /** On a thumbnail lines are thinner, writing is smaller, and there are no dark rims to set boxes off. */
  isSmall: boolean;
  /** These are filled. */
  marked: ReadonlySet<object>;
}

/** In CSS pixels; `height`: with its ground. */
export interface Writing {
  font: number;
  height: number;
}

/** A text and its ground, above a place on the canvas. */
export interface Tag {
  text: string;
  x: number;
  y: number;
  colour: string;
}

interface PlacedBox extends Rectangle {
  box: Box;
  colour: string;
}

/** With more boxes than this, rims are mere noise. */
const MOST_WITH_RIM = 1500;
export const WRITING: Writing = { font: 11, height: 15 };
export const SMALL_WRITING: Writing = { font: 9, height: 12 };

/** `size`: of the canvas in CSS pixels; `ratio`: device pixels in each of them. */
export function drawBoxes(
  context: CanvasRenderingContext2D,
  size: Size,
  ratio: number,
  drawing: BoxDrawing,
): void {
  const line = Math.max(1, Math.round((drawing.isSmall ? 1.5 : 2) * ratio));
  const placed = placedBoxes(size, ratio, drawing);
  for (const { box, x, y, width, height, colour } of placed) {
    if (!drawing.marked.has(box)) continue;
    context.fillStyle = `${colour}40`;
    context.fillRect(x, y, width, height);
  }
  if (!drawing.isSmall && placed.length <= MOST_WITH_RIM) {
    context.strokeStyle = "rgb(0 0 0 / 55%)";
    context.lineWidth = line + 2 * Math.round(ratio);
    for (const box of placed) outline(context, box, line);
  }
  context.lineWidth = line;
  for (const placedBox of placed) {
    context.setLineDash(drawing.dashed?.has(placedBox.box) ? [3 * line, 2 * line] : []);
    context.strokeStyle = placedBox.colour;
    outline(context, placedBox, line);
  }
  context.setLineDash([]);
  if (!drawing.writing) return;
  const textOf = (box: Box) =>
    [drawing.prefixOf?.(box) ?? "", tagOf(box)].filter((part) => part !== "").join(" ");
  const tags = placed.map(({ box, x, y, colour }) => ({ text: textOf(box), x, y, colour }));
  writeTags(context, tags, line, ratio, drawing.writing);
}

/** Those that touch the canvas, in whole device pixels, so that their lines are crisp. */
function placedBoxes({ width, height }: Size, ratio: number, drawing: BoxDrawing): PlacedBox[] {
  const { boxes, stored, placement, colourOf } = drawing;
  const across = (x: number) => Math.round((x * placement.scale + placement.left) * ratio);
  const down = (y: number) => Math.round((y * placement.scale + placement.top) * ratio);
  return boxes.flatMap((box) => {
    const upright = rectangleToUpright(stored, rectangleOf(box));
    const [left, right] = [across(upright.x), across(upright.x + upright.width)];
    const [top, bottom] = [down(upright.y), down(upright.y + upright.height)];
    if (right < 0 || bottom < 0 || left > width * ratio || top > height * ratio) return [];
    return [{ box, x: left, y: top, width: right - left, height: bottom - top, colour: colourOf(box) }];
  });
}

/** Around the box's area, which the line leaves free. */
function outline(context: CanvasRenderingContext2D, { x, y, width, height }: Rectangle, line: number): void {
  context.strokeRect(x - line / 2, y - line / 2, width + line, height + line);
}

export function writeTags(
  context: CanvasRenderingContext2D,
  tags: readonly Tag[],
  line: number,
  ratio: number,
  writing: Writing,
): void {
  context.font = `600 ${writing.font * ratio}px system-ui, sans-serif`;
  context.textBaseline = "middle";
  const height = Math.round(writing.height * ratio);
  const edge = Math.round(4 * ratio);
  for (const { text, x, y, colour } of tags) {
    if (text === "") continue;
    const above = y - line - height;
    const top = above < 0 ? y : above;
    context.fillStyle = colour;
    context.fillRect(x - line, top, context.measureText(text).width + 2 * edge, height);
    context.fillStyle = inkOn(colour);
    context.fillText(text, x - line + edge, top + height / 2 + ratio / 2);
  }
}

export function tagOf(thing: Pick<Box, "className" | "probability">): string {
  const probability = typeof thing.probability === "number" ? thing.probability.toFixed(2) : "";
  return [classOf(thing), probability].filter((part) => part !== "").join(" ");
}
