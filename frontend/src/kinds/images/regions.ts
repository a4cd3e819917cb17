/** Masks as run lengths, painted: pixels down the columns from the top left, outside and inside in turn. */
import type { Region } from "../../api/messages";
import type { Size } from "../../lib/geometry";

/**
 * All of them over each other, in a picture of the size of the first, or smaller: no side is longer than `longest`. `colourOf` gives red,
 * green and blue, or null for what is not painted.
 */
export function paintedRegions(
  regions: readonly Region[],
  colourOf: (region: Region) => readonly [number, number, number] | null,
  longest: number,
): (Size & { pixels: Uint8ClampedArray<ArrayBuffer> }) | null {
  const [first] = regions;
  if (!first) return null;
  const part = Math.min(1, longest / Math.max(first.width, first.height));
  const width = Math.max(1, Math.round(first.width * part));
  const height = Math.max(1, Math.round(first.height * part));
  const pixels = new Uint32Array(width * height);
  const bytes = new Uint8ClampedArray(4);
  const word = new Uint32Array(bytes.buffer);
  for (const region of regions) {
    const colour = colourOf(region);
    if (!colour) continue;
    bytes.set([...colour, 255]);
    const [across, down] = [width / region.width, height / region.height];
    for (const [x, from, to] of columnsOf(region)) {
      const column = Math.min(width - 1, Math.floor(x * across));
      const end = Math.min(height, Math.max(Math.floor(to * down), Math.floor(from * down) + 1));
      for (let y = Math.floor(from * down); y < end; y++) pixels[y * width + column] = word[0]!;
    }
  }
  return { width, height, pixels: new Uint8ClampedArray(pixels.buffer) };
}

/** Whether the pixel at a place is inside. */
export function isInRegion({ width, height, counts }: Region, x: number, y: number): boolean {
  if (x < 0 || y < 0 || x >= width || y >= height) return false;
  const wanted = Math.floor(x) * height + Math.floor(y);
  let at = 0;
  for (const [place, count] of counts.entries()) {
    at += count;
    if (wanted < at) return place % 2 === 1;
  }
  return false;
}

/** The parts of columns that are inside: x, first y, and the y behind the last. */
function* columnsOf({ width, height, counts }: Region): Generator<[x: number, from: number, to: number]> {
  let at = 0;
  for (const [place, count] of counts.entries()) {
    const end = Math.min(at + count, width * height);
    if (place % 2 === 1) {
      for (let from = at; from < end;) {
        const x = Math.floor(from / height);
        const to = Math.min(end, (x + 1) * height);
        yield [x, from - x * height, to - x * height];
        from = to;
      }
    }
    at = end;
  }
}
