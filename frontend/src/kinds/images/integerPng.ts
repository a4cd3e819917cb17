/**
 * PNG files as what their pixels say in numbers: of grey ones the value, with a palette the place in it. Browsers only give
 * colours away, in 8 bits. What a file claims is checked before anything of that size is made.
 */

/** Rows under each other, from the top left. */
export interface IntegerPicture {
  width: number;
  height: number;
  values: Uint8Array | Uint16Array;
}

export const MAX_PIXELS = 25_000_000;

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const GREY = 0;
const PALETTE = 3;

interface Head {
  width: number;
  height: number;
  depth: number;
}

/** Throws an Error that says what is wrong with the file. */
export async function readIntegerPng(file: Uint8Array): Promise<IntegerPicture> {
  if (SIGNATURE.some((byte, at) => file[at] !== byte)) throw new Error("it is not a PNG");
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  let head: Head | null = null;
  const data: Uint8Array<ArrayBuffer>[] = [];
  for (let at = SIGNATURE.length; at + 12 <= file.length;) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...file.subarray(at + 4, at + 8));
    const content = file.slice(at + 8, at + 8 + length);
    if (type === "IHDR") head = readHead(content);
    else if (type === "IDAT") data.push(content);
    else if (type === "IEND") break;
    at += 12 + length;
  }
  if (!head) throw new Error("its head is missing");
  const rowBytes = Math.ceil((head.width * head.depth) / 8);
  const rows = await inflate(new Blob(data), head.height * (1 + rowBytes));
  unfilter(rows, rowBytes, head);
  return { width: head.width, height: head.height, values: valuesOf(rows, rowBytes, head) };
}

function readHead(content: Uint8Array): Head {
  if (content.length < 13) throw new Error("its head is cut short");
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  const [depth = 0, colour, , , interlaced] = content.subarray(8);
  if (width === 0 || height === 0) throw new Error("it has no pixels");
  if (width * height > MAX_PIXELS) {
    throw new Error(
      `it has ${width} × ${height} pixels; at most ${MAX_PIXELS.toLocaleString("en")} are shown`,
    );
  }
  if (colour !== GREY && colour !== PALETTE) {
    throw new Error("it is in colour, and not a number for each pixel (grey or with a palette)");
  }
  if (interlaced) throw new Error("it is interlaced, which is not read");
  if (![1, 2, 4, 8, 16].includes(depth)) throw new Error(`${depth} bits a pixel are not read`);
  return { width, height, depth };
}

/** Never more than is expected, whatever the data would become. */
async function inflate(data: Blob, length: number): Promise<Uint8Array> {
  const rows = new Uint8Array(length);
  const reader = data.stream().pipeThrough(new DecompressionStream("deflate")).getReader();
  let filled = 0;
  try {
    while (filled < length) {
      const { done, value } = await reader.read();
      if (done) break;
      rows.set(value.subarray(0, length - filled), filled);
      filled += value.length;
    }
  } catch {
    throw new Error("its pixels cannot be unpacked, or are cut short");
  } finally {
    void reader.cancel().catch(() => undefined);
  }
  if (filled < length) throw new Error("it is cut short");
  return rows;
}

/** The filters of the PNG specification, undone in place; each row keeps the byte that names its filter. */
function unfilter(rows: Uint8Array, rowBytes: number, { height, depth }: Head): void {
  const step = Math.max(1, depth / 8);
  const stride = rowBytes + 1;
  for (let row = 0; row < height; row++) {
    const start = row * stride + 1;
    const filter = rows[start - 1]!;
    if (filter > 4) throw new Error(`row ${row} is packed in an unknown way`);
    if (filter === 0) continue;
    for (let at = 0; at < rowBytes; at++) {
      const left = at >= step ? rows[start + at - step]! : 0;
      const above = row > 0 ? rows[start + at - stride]! : 0;
      const corner = at >= step && row > 0 ? rows[start + at - stride - step]! : 0;
      rows[start + at]! += predicted(filter, left, above, corner);
    }
  }
}

/** What a filter takes from a byte, by its neighbours. */
function predicted(filter: number, left: number, above: number, corner: number): number {
  if (filter === 1) return left;
  if (filter === 2) return above;
  return filter === 3 ? (left + above) >> 1 : paeth(left, above, corner);
}

function paeth(left: number, above: number, corner: number): number {
  const guess = left + above - corner;
  const toLeft = Math.abs(guess - left);
  const toAbove = Math.abs(guess - above);
  const toCorner = Math.abs(guess - corner);
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}

function valuesOf(rows: Uint8Array, rowBytes: number, { width, height, depth }: Head) {
  const values = depth === 16 ? new Uint16Array(width * height) : new Uint8Array(width * height);
  const perByte = 8 / depth;
  for (let row = 0; row < height; row++) {
    const start = row * (rowBytes + 1) + 1;
    if (depth === 8) {
      values.set(rows.subarray(start, start + width), row * width);
      continue;
    }
    for (let x = 0; x < width; x++) {
      values[row * width + x] =
        depth === 16
          ? (rows[start + 2 * x]! << 8) | rows[start + 2 * x + 1]!
          : (rows[start + Math.floor(x / perByte)]! >> (8 - depth * ((x % perByte) + 1))) &
            ((1 << depth) - 1);
    }
  }
  return values;
}
