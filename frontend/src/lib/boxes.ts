/** Boxes on pictures: which are shown, which lie under the pointer. Coordinates are stored pixels of the picture. */
import { compareNatural } from "./natural";
import type { Point, Rectangle } from "./geometry";

/** As the file says (docs/format.md, "Images"). Starts may lie behind ends, and corners outside the picture. */
export interface Box {
  xStart: number;
  yStart: number;
  xEnd: number;
  yEnd: number;
  className?: string | null;
  probability?: number | null;
}

/** The content of an image item. */
export interface ImageContent {
  boxes: Box[];
  classes: string[];
  minProbability?: number | null;
}

/** What people chose to see. */
export interface BoxFilter {
  /** Boxes less probable are hidden; null: as the file says. */
  threshold: number | null;
  hiddenClasses: ReadonlySet<string>;
}

/** What boxes without a class are called by, among the class names: no class has an empty name. */
export const NO_CLASS = "";

export interface ClassCount {
  name: string;
  count: number;
}

/** The content of an item of kind images, of which a file may hold nothing. */
export function imageContentOf(content: unknown): ImageContent {
  const { boxes = [], classes = [], minProbability = null } = (content ?? {}) as Partial<ImageContent>;
  return { boxes, classes, minProbability };
}

export function classOf({ className }: Box): string {
  return className ?? NO_CLASS;
}

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
  const counts = new Map(classes.map((name) => [name, 0]));
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
