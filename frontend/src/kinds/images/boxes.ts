/** Boxes on pictures, and of what class things are: which are shown, which lie under the pointer. In stored pixels. */
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
  expectedBoxes: null,
  classes: [],
  minProbability: null,
  masks: [],
  keypoints: [],
  polygons: [],
  caption: "",
  grid: null,
  transform: [],
  problems: [],
};

/** What an item of kind images holds besides its picture; a picture alone holds nothing. */
export function imageContentOf(given: Partial<ImageContent> | null): ImageContent {
  if (!given) return NOTHING;
  // What a file calls NaN arrives as null, and is nowhere.
  const placed = (boxes: readonly Box[]) =>
    boxes.filter((box) => CORNERS.every((corner) => Number.isFinite(box[corner])));
  const expectedBoxes = given.expectedBoxes ? placed(given.expectedBoxes) : null;
  return { ...NOTHING, ...given, boxes: placed(given.boxes ?? []), expectedBoxes };
}

/** Boxes, polygons and things with keypoints. */
interface Classed {
  className?: string | number | null;
  probability?: number | null;
}

export function classOf({ className }: Classed): string {
  return String(className ?? NO_CLASS);
}

/** Of a mask's value; null: it is not painted. */
export function classOfValue({ classes }: ImageContent, value: number): string | null {
  const name = classes[value];
  if (name === undefined) return value === 0 ? null : String(value);
  return String(name).toLowerCase() === "background" ? null : String(name);
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

/** Whether anything lies on the picture. */
export function hasOverlays(content: ImageContent): boolean {
  return classedOf(content).length > 0 || content.masks.length > 0;
}

export function hasProbabilities(content: ImageContent): boolean {
  return (
    classedOf(content).some(({ probability }) => typeof probability === "number") ||
    content.keypoints.some(({ probabilities = [] }) => probabilities.length > 0)
  );
}

/** What has no probability is always sure enough. */
export function isProbable(
  probability: number | null | undefined,
  { minProbability }: ImageContent,
  { threshold }: BoxFilter,
): boolean {
  return (probability ?? Infinity) >= (threshold ?? minProbability ?? 0);
}

/** Those things of a picture that are probable enough and not of a hidden class. */
export function shownOf<Thing extends Classed>(
  things: readonly Thing[],
  content: ImageContent,
  filter: BoxFilter,
): Thing[] {
  return things.filter(
    (thing) => isProbable(thing.probability, content, filter) && !filter.hiddenClasses.has(classOf(thing)),
  );
}

export function shownBoxes(content: ImageContent, filter: BoxFilter): Box[] {
  return shownOf(content.boxes, content, filter);
}

/** Everything that is of a class, masks aside. */
function classedOf({
  boxes,
  expectedBoxes,
  polygons,
  keypoints,
  regions,
}: ImageContent & { regions?: readonly Classed[] }): Classed[] {
  return [...boxes, ...(expectedBoxes ?? []), ...polygons, ...keypoints, ...(regions ?? [])];
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

/** The classes of a picture in the file's order, then those that only boxes and others name, then those without one. */
export function classCounts(content: ImageContent): ClassCount[] {
  const counts = new Map(content.classes.map((name) => [String(name), 0]));
  const things = classedOf(content);
  const named = [...new Set(things.map(classOf))].filter((name) => !counts.has(name));
  for (const name of named.sort(compareNatural)) if (name !== NO_CLASS) counts.set(name, 0);
  for (const thing of things) counts.set(classOf(thing), (counts.get(classOf(thing)) ?? 0) + 1);
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
