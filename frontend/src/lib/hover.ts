/** What a chart says about the place somebody points at. */
import { nearestByPlace, nearestByX, projection, type Line, type Scale } from "./lines";
import type { Place } from "./marks";

export type HoverOrder = "value" | "nearness";

/** A line's point nearest to the place. */
export interface HoverPoint<L extends Line = Line> {
  line: L;
  index: number;
  x: number;
  value: number;
  /** What the line is drawn at; the value itself if nothing is smoothed. */
  shown: number;
  /** In pixels, from the place to the point; to its height alone where x grows along the line. */
  distance: number;
  /** In pixels, how far beside the place the point lies: a line may have ended long before. */
  aside: number;
}

/** One point a line, in the lines' order; none for a line without points. */
export function pointsAt<L extends Line>(
  lines: readonly L[],
  scales: { x: Scale; y: Scale },
  place: Place,
  x: number,
): HoverPoint<L>[] {
  const toX = projection(scales.x);
  const toY = projection(scales.y);
  return lines.flatMap((line) => {
    const values = line.smoothed ?? line.y;
    const nearest = line.sorted
      ? nearestByX(line, x)
      : nearestByPlace(line, values, scales.x, scales.y, place).index;
    if (nearest < 0) return [];
    const pointX = line.x[nearest]! - line.origin;
    const shown = values[nearest]!;
    const aside = Math.abs(toX(pointX) - place.x);
    const above = Math.abs(toY(shown) - place.y);
    const distance = line.sorted ? above : Math.hypot(aside, above);
    return [{ line, index: nearest, x: pointX, value: line.y[nearest]!, shown, distance, aside }];
  });
}

/** The point meant, if the place is near enough to one; values that are no number are never meant. */
export function nearestOf<P extends HoverPoint>(points: readonly P[], within = Infinity): P | null {
  let best: P | null = null;
  for (const point of points) {
    if (point.distance <= within && point.distance < (best?.distance ?? Infinity)) best = point;
  }
  return best;
}

/** Largest value first, or nearest first; what is no number stands last. */
export function sortPoints<P extends HoverPoint>(points: readonly P[], order: HoverOrder): P[] {
  const rank = ({ shown, distance }: P) => (order === "value" ? -shown : distance);
  return [...points].sort((a, b) => {
    const [first, second] = [rank(a), rank(b)];
    if (Number.isNaN(first) || Number.isNaN(second))
      return Number(Number.isNaN(first)) - Number(Number.isNaN(second));
    return first === second ? 0 : first - second;
  });
}
