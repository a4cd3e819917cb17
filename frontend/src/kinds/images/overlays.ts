/** Where things lie that are drawn over a picture, whose stored pixels may stand turned on the screen. */
import type { Point, Size } from "../../lib/geometry";
import type { IntegerPicture } from "./integerPng";
import { toUpright, type StoredPicture } from "./orientation";
import type { Placement } from "./panZoom";

/** A point as JSON has it: what is not there is null, or has null in it. */
export type GivenPoint = readonly [number | null, number | null] | null;

/** As `setTransform` of a canvas takes it. */
export type Transform = [a: number, b: number, c: number, d: number, e: number, f: number];

/** From stored pixels to those of a canvas with `ratio` of its pixels in one of the page. */
export function storedTransform(
  stored: StoredPicture,
  { scale, left, top }: Placement,
  ratio: number,
): Transform {
  const at = (point: Point): Point => {
    const { x, y } = toUpright(stored, point);
    return { x: (x * scale + left) * ratio, y: (y * scale + top) * ratio };
  };
  const origin = at({ x: 0, y: 0 });
  const right = at({ x: 1, y: 0 });
  const below = at({ x: 0, y: 1 });
  return [right.x - origin.x, right.y - origin.y, below.x - origin.x, below.y - origin.y, origin.x, origin.y];
}

export function transformed([a, b, c, d, e, f]: Transform, { x, y }: Point): Point {
  return { x: a * x + c * y + e, y: b * x + d * y + f };
}

/** null: it is nowhere. */
export function pointOf(given: GivenPoint | undefined): Point | null {
  const [x, y] = given ?? [null, null];
  return Number.isFinite(x) && Number.isFinite(y) ? { x: x!, y: y! } : null;
}

/** The points that are somewhere. */
export function pointsOf(given: readonly GivenPoint[]): Point[] {
  return given.flatMap((each) => pointOf(each) ?? []);
}

/** The pairs of points that are connected; edges that name no point, or one that is nowhere, are left out. */
export function edgesOf(
  points: readonly GivenPoint[],
  edges: readonly (readonly [number, number])[],
): [Point, Point][] {
  return edges.flatMap(([from, to]) => {
    const [start, end] = [pointOf(points[from]), pointOf(points[to])];
    return start && end ? [[start, end] as [Point, Point]] : [];
  });
}

/** Whether a point lies in the area that the others go around (even-odd rule). */
export function isInside(corners: readonly Point[], { x, y }: Point): boolean {
  let inside = false;
  for (let at = 0, before = corners.length - 1; at < corners.length; before = at++) {
    const [a, b] = [corners[at]!, corners[before]!];
    if (a.y > y !== b.y > y && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) inside = !inside;
  }
  return inside;
}

/** Which of the points is nearest, within `reach`; -1: none. */
export function nearestOf(points: readonly GivenPoint[], { x, y }: Point, reach: number): number {
  let nearest = -1;
  let least = reach;
  points.forEach((given, index) => {
    const point = pointOf(given);
    const distance = point ? Math.hypot(point.x - x, point.y - y) : Infinity;
    if (distance <= least) [nearest, least] = [index, distance];
  });
  return nearest;
}

/** The value of the pixel at a point; null outside. */
export function valueAt({ width, height, values }: IntegerPicture, { x, y }: Point): number | null {
  if (x < 0 || y < 0 || x >= width || y >= height) return null;
  return values[Math.floor(y) * width + Math.floor(x)] ?? null;
}

/** The values that occur, growing. */
export function distinctValues({ values }: IntegerPicture): number[] {
  const seen = new Uint8Array(values.BYTES_PER_ELEMENT === 1 ? 2 ** 8 : 2 ** 16);
  for (const value of values) seen[value] = 1;
  return [...seen.keys()].filter((value) => seen[value]);
}

/**
 * The values as colours; `colourOf` gives red, green and blue, or null for what is not painted. No side is longer than `longest`:
 * of larger pictures single pixels are taken, as classes have no mean.
 */
export function painted(
  picture: IntegerPicture,
  colourOf: (value: number) => readonly [number, number, number] | null,
  longest = Infinity,
): Size & { pixels: Uint8ClampedArray<ArrayBuffer> } {
  const part = Math.min(1, longest / Math.max(picture.width, picture.height));
  const width = Math.max(1, Math.round(picture.width * part));
  const height = Math.max(1, Math.round(picture.height * part));
  const colours = new Uint32Array(picture.values.BYTES_PER_ELEMENT === 1 ? 2 ** 8 : 2 ** 16);
  const bytes = new Uint8ClampedArray(colours.buffer);
  for (const value of distinctValues(picture)) {
    const colour = colourOf(value);
    if (colour) bytes.set([...colour, 255], value * 4);
  }
  const pixels = new Uint32Array(width * height);
  for (let y = 0; y < height; y++) {
    const from = Math.floor(((y + 0.5) / height) * picture.height) * picture.width;
    for (let x = 0; x < width; x++) {
      const value = picture.values[from + Math.floor(((x + 0.5) / width) * picture.width)]!;
      pixels[y * width + x] = colours[value]!;
    }
  }
  return { width, height, pixels: new Uint8ClampedArray(pixels.buffer) };
}

/** The path of a file that another one names relative to its own folder; null if that leads out of the experiment. */
export function pathBeside(file: string, named: string): string | null {
  if (named === "" || named.startsWith("/")) return null;
  const names = file.split("/").slice(0, -1);
  for (const name of named.split("/")) {
    if (name === "..") {
      if (names.pop() === undefined) return null;
    } else if (name !== "." && name !== "") names.push(name);
  }
  return names.length > 0 && !names.some((name) => name.startsWith(".")) ? names.join("/") : null;
}
