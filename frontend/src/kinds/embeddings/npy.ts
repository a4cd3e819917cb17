/** Arrays of NumPy's `.npy` files: those of numbers with two dimensions, whose rows are vectors. */

export interface Vectors {
  /** Row after row. */
  values: Float32Array;
  count: number;
  dimensions: number;
}

const MAGIC = "\u0093NUMPY";

type Read = (view: DataView, at: number) => number;

const READERS: Record<string, [bytes: number, read: Read]> = {
  f4: [4, (view, at) => view.getFloat32(at, true)],
  f8: [8, (view, at) => view.getFloat64(at, true)],
  i1: [1, (view, at) => view.getInt8(at)],
  u1: [1, (view, at) => view.getUint8(at)],
  b1: [1, (view, at) => view.getUint8(at)],
  i2: [2, (view, at) => view.getInt16(at, true)],
  u2: [2, (view, at) => view.getUint16(at, true)],
  i4: [4, (view, at) => view.getInt32(at, true)],
  u4: [4, (view, at) => view.getUint32(at, true)],
  i8: [8, (view, at) => Number(view.getBigInt64(at, true))],
  u8: [8, (view, at) => Number(view.getBigUint64(at, true))],
};

/** Throws what is wrong with a file that has no vectors. */
export function readVectors(content: ArrayBuffer): Vectors {
  const view = new DataView(content);
  const magic = String.fromCharCode(...new Uint8Array(content, 0, Math.min(6, content.byteLength)));
  if (magic !== MAGIC || content.byteLength < 12) throw new Error("it is no array of NumPy");
  const isOld = view.getUint8(6) === 1;
  const start = isOld ? 10 : 12;
  const end = start + (isOld ? view.getUint16(8, true) : view.getUint32(8, true));
  if (end > content.byteLength) throw new Error("it is cut short");
  const header = new TextDecoder().decode(new Uint8Array(content, start, end - start));
  const type = /'descr': '[<|]([a-z]\d)'/.exec(header)?.[1] ?? "";
  const shape = /'shape': \((\d+), (\d+)\)/.exec(header);
  const reader = READERS[type];
  if (!reader) throw new Error("its values are no little-endian numbers of up to 64 bits");
  if (!shape || header.includes("'fortran_order': True"))
    throw new Error("it has not two dimensions in rows");
  const [count, dimensions] = [Number(shape[1]), Number(shape[2])];
  const [bytes, read] = reader;
  if (count === 0 || dimensions === 0) throw new Error("it is empty");
  if (end + count * dimensions * bytes > content.byteLength) throw new Error("it is cut short");
  const values = new Float32Array(count * dimensions);
  for (let index = 0; index < values.length; index++) {
    const value = read(view, end + index * bytes);
    values[index] = Number.isFinite(value) ? value : 0;
  }
  return { values, count, dimensions };
}
