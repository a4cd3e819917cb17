import { describe, expect, test } from "vitest";
import { MAX_PIXELS, readIntegerPng } from "./integerPng";

interface Making {
  width: number;
  height: number;
  depth?: number;
  colour?: number;
  interlaced?: number;
  /** With the byte of its filter in front of each row. */
  rows?: number[];
}

/** Checksums are left out: they are not looked at. */
async function png(making: Making): Promise<Uint8Array> {
  const { width, height, depth = 8, colour = 0, interlaced = 0, rows = [] } = making;
  const head = new Uint8Array(13);
  const view = new DataView(head.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  head.set([depth, colour, 0, 0, interlaced], 8);
  const stream = new Blob([Uint8Array.from(rows)]).stream().pipeThrough(new CompressionStream("deflate"));
  const packed = new Uint8Array(await new Response(stream).arrayBuffer());
  const half = packed.length >> 1;
  return Uint8Array.from([
    ...[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
    ...chunk("IHDR", head),
    ...chunk("IDAT", packed.subarray(0, half)),
    ...chunk("IDAT", packed.subarray(half)),
    ...chunk("IEND", []),
  ]);
}

function chunk(type: string, content: ArrayLike<number>): number[] {
  const length = [24, 16, 8, 0].map((shift) => (content.length >> shift) & 255);
  return [...length, ...[...type].map((letter) => letter.charCodeAt(0)), ...Array.from(content), 0, 0, 0, 0];
}

const values = async (making: Making) => [...(await readIntegerPng(await png(making))).values];

describe("values", () => {
  test("of 8 bits, under all filters", async () => {
    // Each row is 1 2 3 4, told by another filter: none, left, above, mean, Paeth.
    const rows = [
      ...[0, 1, 2, 3, 4],
      ...[1, 1, 1, 1, 1],
      ...[2, 0, 0, 0, 0],
      ...[3, 1, 1, 1, 1],
      ...[4, 0, 0, 0, 0],
    ];
    expect(await values({ width: 4, height: 5, rows })).toEqual([
      ...[1, 2, 3, 4],
      ...[1, 2, 3, 4],
      ...[1, 2, 3, 4],
      ...[1, 2, 3, 4],
      ...[1, 2, 3, 4],
    ]);
  });

  test("of 16 bits", async () => {
    expect(await values({ width: 2, height: 1, depth: 16, rows: [0, 1, 44, 255, 255] })).toEqual([
      300, 65535,
    ]);
  });

  test.each([
    [1, [0, 0b10100000], [1, 0, 1]],
    [2, [0, 0b11100100], [3, 2, 1]],
    [4, [0, 0x9a, 0xf0], [9, 10, 15]],
  ])("of %i bits", async (depth, rows, expected) => {
    expect(await values({ width: 3, height: 1, depth, rows })).toEqual(expected);
  });

  test("with a palette are places in it", async () => {
    expect(await values({ width: 2, height: 1, colour: 3, rows: [0, 7, 255] })).toEqual([7, 255]);
  });
});

describe("what cannot be read says why", () => {
  const whole = png({ width: 2, height: 2, rows: [0, 1, 2, 0, 3, 4] });

  test.each<[string, Uint8Array | Promise<Uint8Array>]>([
    ["not a PNG", new TextEncoder().encode("<html>")],
    ["not a PNG", new Uint8Array()],
    ["head is missing", whole.then((file) => file.slice(0, 8))],
    ["cut short", png({ width: 2, height: 3, rows: [0, 1, 2, 0, 3, 4] })],
    ["cut short", whole.then((file) => file.slice(0, 50))],
    ["no pixels", png({ width: 0, height: 2 })],
    ["10000 × 10000 pixels; at most 25,000,000", png({ width: 10_000, height: 10_000 })],
    ["pixels; at most", png({ width: 2 ** 31 - 1, height: 2 ** 31 - 1 })],
    ["in colour", png({ width: 1, height: 1, colour: 2, rows: [0, 1, 2, 3] })],
    ["interlaced", png({ width: 1, height: 1, interlaced: 1, rows: [0, 1] })],
    ["3 bits", png({ width: 1, height: 1, depth: 3, rows: [0, 1] })],
    ["unknown way", png({ width: 1, height: 1, rows: [9, 1] })],
  ])("%s", async (reason, file) => {
    await expect(readIntegerPng(await file)).rejects.toThrow(reason);
  });

  test("and more data than pixels is not unpacked", async () => {
    const bomb = await png({ width: 2, height: 1, rows: Array<number>(100_000).fill(0) });
    expect((await readIntegerPng(bomb)).values).toHaveLength(2);
    expect(MAX_PIXELS).toBe(25_000_000);
  });
});
