/** Boxes on pictures: which are shown, which lie under the pointer. Coordinates are stored pixels of the picture. */
import type { Box, ImageContent } from "../../api/messages";
import type { Point, Rectangle } from "../../lib/geometry";
import { compareNatural } from "../../lib/natural";

/** What people chose to see. */
export interface BoxFilter {
  /** Boxes less probable are hidden; null: as the file says. */
  threshold: number | null;
  hiddenClasses: ReadonlySet<string>;
}

/** What boxes without a class are called by, among the class names: no class has an empty name. */
export const NO_CLASS = "";

const CORNERS = ["xStart", "yStart", "xEnd", "yEnd"] as const;

export interface ClassCount {
  name: string;
  count: number;
}

export const NOTHING: ImageContent = {
  source: "",
  boxes: [],
  classes: [],
  minProbability: null,
  masks: [],
  keypoints: [],
  polygons: [],
  caption: "",
  grid: null,
  problems: [],
};

/** What an item of kind images holds besides its picture; a picture alone holds nothing. */
export function imageContentOf(content: unknown): ImageContent {
  const given = content as Partial<ImageContent> | null;
  if (!given) return NOTHING;
  // What a file calls NaN arrives as null, and is nowhere.
  const boxes = (given.boxes ?? []).filter((box) => CORNERS.every((corner) => Number.isFinite(box[corner])));
  return { ...NOTHING, ...given, boxes };
}

export function classOf({ className }: Pick<Box, "className">): string {
  return String(className ?? NO_CLASS);
}

/** Starts may lie behind ends, and corners outside the picture. */
export function rectangleOf({ xStart, yStart, xEnd, yEnd }: Box): Rectangle {
  return {
    x: Math.min(xStart, xEnd),
    y: Math.min(yStart, yEnd),
    width: Math.abs(xEnd - xStart),
    height: Math.abs(yEnd - yStart),
  };
}

export function hasProbabilities({ boxes }: ImageContent): boolean {
  return boxes.some(({ probability }) => typeof probability === "number");
}

/** Boxes without a probability are always sure enough. */
export function shownBoxes(content: ImageContent, { threshold, hiddenClasses }: BoxFilter): Box[] {
  const least = threshold ?? content.minProbability ?? 0;
  return content.boxes.filter(
    (box) => (box.probability ?? Infinity) >= least && !hiddenClasses.has(classOf(box)),
  );
}

/** The boxes around a point, the smallest first: that is most likely what somebody points at. */
export function boxesAt(boxes: readonly Box[], { x, y }: Point): Box[] {
  const area = (box: Box) => {
    const { width, height } = rectangleOf(box);
    return width * height;
  };
  return boxes
    .filter((box) => {
      const { x: left, y: top, width, height } = rectangleOf(box);
      return x >= left && x <= left + width && y >= top && y <= top + height;
    })
    .sort((a, b) => area(a) - area(b));
}

/** The classes of a picture in the file's order, then those that only boxes name, then the boxes without one. */
export function classCounts({ boxes, classes }: ImageContent): ClassCount[] {
  const counts = new Map(classes.map((name) => [String(name), 0]));
  const named = [...new Set(boxes.map(classOf))].filter((name) => !counts.has(name));
  for (const name of named.sort(compareNatural)) if (name !== NO_CLASS) counts.set(name, 0);
  for (const box of boxes) counts.set(classOf(box), (counts.get(classOf(box)) ?? 0) + 1);
  return [...counts].map(([name, count]) => ({ name, count }));
}

/** The classes of several pictures together, with all their boxes counted. */
export function mergedCounts(all: readonly ClassCount[][]): ClassCount[] {
  const counts = new Map<string, number>();
  for (const { name, count } of all.flat()) counts.set(name, (counts.get(name) ?? 0) + count);
  const withoutClass = counts.get(NO_CLASS);
  counts.delete(NO_CLASS);
  if (withoutClass !== undefined) counts.set(NO_CLASS, withoutClass);
  return [...counts].map(([name, count]) => ({ name, count }));
}
