/**
 * EXIF's orientation of a picture: how its stored pixels are turned or mirrored to stand upright. Boxes and pixel
 * coordinates count in stored pixels (docs/format.md, "Images"); the browser shows the upright picture.
 */
import type { Point, Rectangle, Size } from "../../lib/geometry";

/** Of one axis of the upright picture: which stored axis it is, and whether it runs backwards. */
interface Axes {
  swapped: boolean;
  mirrorX: boolean;
  mirrorY: boolean;
}

/** By orientation; `mirrorX` and `mirrorY` are of the upright picture, after the axes were swapped. */
const AXES: Record<number, Axes> = {
  1: { swapped: false, mirrorX: false, mirrorY: false },
  2: { swapped: false, mirrorX: true, mirrorY: false },
  3: { swapped: false, mirrorX: true, mirrorY: true },
  4: { swapped: false, mirrorX: false, mirrorY: true },
  5: { swapped: true, mirrorX: false, mirrorY: false },
  6: { swapped: true, mirrorX: true, mirrorY: false },
  7: { swapped: true, mirrorX: true, mirrorY: true },
  8: { swapped: true, mirrorX: false, mirrorY: true },
};

const UPRIGHT: Axes = { swapped: false, mirrorX: false, mirrorY: false };

/** A picture as its file says: `width` and `height` are stored pixels. */
export interface StoredPicture extends Size {
  orientation: number;
}

/** The size of the upright picture. */
export function uprightSize({ width, height, orientation }: StoredPicture): Size {
  return axesOf(orientation).swapped ? { width: height, height: width } : { width, height };
}

/** Where a point of the stored picture lies in the upright one. */
export function toUpright(picture: StoredPicture, { x, y }: Point): Point {
  const { swapped, mirrorX, mirrorY } = axesOf(picture.orientation);
  const { width, height } = uprightSize(picture);
  const [across, down] = swapped ? [y, x] : [x, y];
  return { x: mirrorX ? width - across : across, y: mirrorY ? height - down : down };
}

/** The opposite of `toUpright`. */
export function toStored(picture: StoredPicture, { x, y }: Point): Point {
  const { swapped, mirrorX, mirrorY } = axesOf(picture.orientation);
  const { width, height } = uprightSize(picture);
  const across = mirrorX ? width - x : x;
  const down = mirrorY ? height - y : y;
  return swapped ? { x: down, y: across } : { x: across, y: down };
}

export function rectangleToUpright(picture: StoredPicture, { x, y, width, height }: Rectangle): Rectangle {
  const one = toUpright(picture, { x, y });
  const other = toUpright(picture, { x: x + width, y: y + height });
  return {
    x: Math.min(one.x, other.x),
    y: Math.min(one.y, other.y),
    width: Math.abs(one.x - other.x),
    height: Math.abs(one.y - other.y),
  };
}

function axesOf(orientation: number): Axes {
  return AXES[orientation] ?? UPRIGHT;
}
