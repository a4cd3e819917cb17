/** What a chart says about the place somebody points at. */
import { lastUpTo, nearestByPlace, nearestByX, projection, type Line, type Scale } from "./lines";
import { compareNatural } from "../lib/natural";
import type { Place } from "./marks";
import type { Emphasis } from "./plot";
import type { Scales } from "./plotRanges";

export type HoverOrder = "nearness" | "largest" | "smallest" | "name";

/** What a line has at the place: its point there, the nearest earlier one, or the nearest of all. */
export interface HoverPoint<L extends Line = Line> {
  line: L;
  index: number;
  x: number;
  value: number;
  /** What the line is drawn at; the value itself if nothing is smoothed. */
  shown: number;
  /** In pixels, from the place to the point; to its height alone where x grows along the line and it goes on beside the point. */
  distance: number;
  /** In pixels, how far beside the place the point lies: a line may have ended long before. */
  aside: number;
  /** Whether it lies just where the crosshair stands. */
  isHere: boolean;
}

/** Of each line the point nearest to the place, in the lines' order; none for a line without points. */
export function pointsAt<L extends Line>(
  lines: readonly L[],
  scales: Scales,
  place: Place,
  x: number,
): HoverPoint<L>[] {
  return pointsOf(lines, scales, place, (line) =>
    line.sorted
      ? nearestByX(line, x)
      : nearestByPlace(line, line.smoothed ?? line.y, scales.x, yOf(scales, line), place).index,
  );
}

/** What each line has at one x, or has had last before it; none for a line that begins later. */
export function pointsUpTo<L extends Line>(
  lines: readonly L[],
  scales: Scales,
  place: Place,
  at: number,
): HoverPoint<L>[] {
  const there = { x: projection(scales.x)(at), y: place.y };
  return pointsOf(lines, scales, there, (line) => lastUpTo(line, at)).map((point) => ({
    ...point,
    isHere: point.x === at,
  }));
}

function pointsOf<L extends Line>(
  lines: readonly L[],
  scales: Scales,
  place: Place,
  indexIn: (line: L) => number,
): HoverPoint<L>[] {
  const toX = projection(scales.x);
  const toLeft = projection(scales.y);
  const toRight = scales.right ? projection(scales.right) : toLeft;
  return lines.flatMap((line) => {
    const toY = line.axis ? toRight : toLeft;
    const index = indexIn(line);
    if (index < 0) return [];
    const x = line.x[index]! - line.origin;
    const shown = (line.smoothed ?? line.y)[index]!;
    const aside = Math.abs(toX(x) - place.x);
    const above = Math.abs(toY(shown) - place.y);
    const distance =
      line.sorted && !isBeyond(line, index, place.x - toX(x)) ? above : Math.hypot(aside, above);
    return [{ line, index, x, value: line.y[index]!, shown, distance, aside, isHere: false }];
  });
}

/** Whether the line has ended before the place, or begins behind it, which lies so far to the right of the point. */
function isBeyond({ length }: Line, index: number, right: number): boolean {
  return (index === 0 && right < 0) || (index === length - 1 && right > 0);
}

function yOf({ y, right }: Scales, line: Line): Scale {
  return line.axis === "right" ? (right ?? y) : y;
}

/** Where the crosshair stands: at the point meant, else at the x nearest to the place at which any line has one. */
export function crosshairAt(points: readonly HoverPoint[], meant: HoverPoint | null): number | null {
  if (meant) return meant.x;
  let nearest: HoverPoint | null = null;
  for (const point of points) if (point.aside < (nearest?.aside ?? Infinity)) nearest = point;
  return nearest && nearest.x;
}

/** The point meant, if the place is near enough to one; values that are no number are never meant. */
export function nearestOf<P extends HoverPoint>(points: readonly P[], within = Infinity): P | null {
  let best: P | null = null;
  for (const point of points) {
    if (point.distance <= within && point.distance < (best?.distance ?? Infinity)) best = point;
  }
  return best;
}

type Sorted = Pick<HoverPoint, "shown" | "distance"> & { line: { name: string } };

/** What is no number stands last. */
export function sortPoints<P extends Sorted>(points: readonly P[], order: HoverOrder): P[] {
  if (order === "name") return [...points].sort((a, b) => compareNatural(a.line.name, b.line.name));
  const rank = ({ shown, distance }: P) =>
    order === "nearness" ? distance : order === "largest" ? -shown : shown;
  return [...points].sort((a, b) => {
    const [first, second] = [rank(a), rank(b)];
    if (Number.isNaN(first) || Number.isNaN(second))
      return Number(Number.isNaN(first)) - Number(Number.isNaN(second));
    return first === second ? 0 : first - second;
  });
}

/** More dots than that would hide the lines. */
const MOST_DOTS = 60;

/** What stands out of what is pointed at: the line that is meant among others, and a dot on each. */
export function emphasisOf({
  points,
  nearest,
}: {
  points: readonly HoverPoint[];
  nearest: HoverPoint | null;
}): Emphasis {
  const dotted = points.length <= MOST_DOTS ? points : nearest ? [nearest] : [];
  return {
    line: points.length > 1 ? (nearest?.line ?? null) : null,
    dots: dotted
      .filter(({ shown }) => Number.isFinite(shown))
      .map((point) => ({
        x: point.x,
        y: point.shown,
        axis: point.line.axis,
        colour: point.line.colour,
        large: point === nearest,
      })),
  };
}
