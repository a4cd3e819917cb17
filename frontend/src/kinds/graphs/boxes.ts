/** Which box is beside another one, and how lines run: pure functions of what is drawn. */
import type { Point, Rectangle } from "../../lib/geometry";
import type { Box, Line } from "./drawing";

export type Side = "left" | "right" | "up" | "down";

/** The nearest box on that side; far away across counts double. */
export function boxBeside(boxes: readonly Box[], from: Box, side: Side): Box | null {
  const begin = middleOf(from);
  let [best, least]: [Box | null, number] = [null, Infinity];
  for (const box of boxes) {
    if (box === from || contains(box, from)) continue;
    const middle = middleOf(box);
    const [dx, dy] = [middle.x - begin.x, middle.y - begin.y];
    const [along, across] = side === "left" || side === "right" ? [dx, dy] : [dy, dx];
    const ahead = side === "left" || side === "up" ? -along : along;
    const distance = ahead + 2 * Math.abs(across);
    if (ahead > 1 && distance < least) [best, least] = [box, distance];
  }
  return best;
}

/** Where the text of a line stands: on its middle part. */
export function textPlace({ points }: Pick<Line, "points">): Point {
  return points[Math.floor((points.length - 1) / 2)] ?? { x: 0, y: 0 };
}

/** A smooth line through the points, as the `d` of a path. */
export function pathOf(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (!first) return "";
  let path = `M${at(first)}`;
  rest.forEach((point, place) => {
    const next = rest[place + 1];
    if (place === 0 || !next) path += place === 0 && next ? `L${at(between(first, point))}` : "";
    path += next ? `Q${at(point)} ${at(between(point, next))}` : `L${at(point)}`;
  });
  return path;
}

/** A hue of its own for each kind of operation, the same in every graph. */
export function hueOf(op: string): number {
  let hash = 7;
  for (const letter of op) hash = (hash * 31 + letter.codePointAt(0)!) % 9973;
  return (hash * 47) % 360;
}

export function middleOf({ x, y, width, height }: Rectangle): Point {
  return { x: x + width / 2, y: y + height / 2 };
}

function contains(outer: Box, inner: Box): boolean {
  return (
    outer.form === "open" &&
    outer.x <= inner.x &&
    outer.y <= inner.y &&
    outer.x + outer.width >= inner.x + inner.width &&
    outer.y + outer.height >= inner.y + inner.height
  );
}

function between(a: Point, b: Point): Point {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

function at({ x, y }: Point): string {
  return `${x.toFixed(1)} ${y.toFixed(1)}`;
}
