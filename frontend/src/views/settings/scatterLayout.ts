/** Where the points of a scatter plot stand, in pixels. */
import type { Cell } from "../../lib/cells";
import type { Size } from "../../lib/geometry";
import { scaleOf, shareOf, type Scale } from "./scales";

export interface ScatterFrame {
  left: number;
  right: number;
  top: number;
  bottom: number;
  /** Where those stand that have no value; null: there are none. */
  missingX: number | null;
  missingY: number | null;
}

export interface ScatterEntry {
  id: string;
  x: Cell;
  y: Cell;
  /** null: as all others. */
  size: Cell;
}

export interface ScatterPlaces {
  frame: ScatterFrame;
  /** x and y of each. */
  places: Float64Array;
  radii: Float64Array;
}

const MARGIN = { left: 76, right: 24, top: 20, bottom: 48 };
const MISSING_PX = 40;
/** Between the frame and the outermost points. */
const INSET_PX = 16;
/** Of a category's room, so much is used to keep points apart. */
const SPREAD = 0.5;
const RADIUS = 5;
const SMALL_RADIUS = 3;
const MANY = 300;
/** Of the smallest and the largest, where sizes stand for something. */
const RADII = [3, 13] as const;

export function scatterPlaces(
  entries: readonly ScatterEntry[],
  scales: { x: Scale; y: Scale },
  { width, height }: Size,
): ScatterPlaces {
  const lacksX = entries.some(({ x }) => shareOf(scales.x, x) === null);
  const lacksY = entries.some(({ y }) => shareOf(scales.y, y) === null);
  const left = MARGIN.left + (lacksX ? MISSING_PX : 0);
  const bottom = Math.max(MARGIN.top + 1, height - MARGIN.bottom - (lacksY ? MISSING_PX : 0));
  const frame: ScatterFrame = {
    left,
    right: Math.max(left + 1, width - MARGIN.right),
    top: MARGIN.top,
    bottom,
    missingX: lacksX ? MARGIN.left + MISSING_PX / 3 : null,
    missingY: lacksY ? bottom + (2 * MISSING_PX) / 3 : null,
  };
  const sizes = scaleOf(entries.map(({ size }) => size));
  const places = new Float64Array(2 * entries.length);
  const radii = new Float64Array(entries.length);
  entries.forEach(({ id, x, y, size }, index) => {
    const [shareX, shareY] = [shareOf(scales.x, x), shareOf(scales.y, y)];
    const across = shareX === null ? null : shareX + apart(scales.x, id, 1);
    const up = shareY === null ? null : shareY + apart(scales.y, id, 7);
    places[2 * index] = across === null ? (frame.missingX ?? 0) : alongX(frame, across);
    places[2 * index + 1] = up === null ? (frame.missingY ?? 0) : alongY(frame, up);
    radii[index] = radiusOf(sizes, size, entries.length);
  });
  return { frame, places, radii };
}

/** Where a share of the x axis is. */
export function alongX({ left, right }: ScatterFrame, share: number): number {
  return left + INSET_PX + share * (right - left - 2 * INSET_PX);
}

export function alongY({ top, bottom }: ScatterFrame, share: number): number {
  return bottom - INSET_PX - share * (bottom - top - 2 * INSET_PX);
}

function radiusOf(scale: Scale, size: Cell, count: number): number {
  const usual = count > MANY ? SMALL_RADIUS : RADIUS;
  if (scale.kind === "empty" || (scale.kind === "numbers" && scale.low === scale.high)) return usual;
  const share = shareOf(scale, size);
  if (share === null) return RADII[0] - 1;
  // The area grows with the number.
  return Math.sqrt(RADII[0] ** 2 + share * (RADII[1] ** 2 - RADII[0] ** 2));
}

/** Those of one category stand beside each other, always at the same place. */
function apart(scale: Scale, id: string, salt: number): number {
  if (scale.kind !== "values") return 0;
  let hash = salt * 2654435761;
  for (let place = 0; place < id.length; place++) hash = Math.imul(hash ^ id.charCodeAt(place), 16777619);
  hash ^= hash >>> 15;
  return ((((hash >>> 0) % 1000) / 1000 - 0.5) * SPREAD) / scale.values.length;
}
