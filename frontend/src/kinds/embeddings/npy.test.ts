import { expect, test } from "vitest";
import { readVectors } from "./npy";

function npy(header: string, data: ArrayBufferView): ArrayBuffer {
  const text = header.padEnd(117) + "\n";
  const content = new Uint8Array(10 + text.length + data.byteLength);
  content.set([0x93, ...[..."NUMPY"].map((letter) => letter.charCodeAt(0)), 1, 0]);
  new DataView(content.buffer).setUint16(8, text.length, true);
  content.set(new TextEncoder().encode(text), 10);
  content.set(new Uint8Array(data.buffer), 10 + text.length);
  return content.buffer;
}

const header = (type: string, shape: string, order = "False") =>
  `{'descr': '${type}', 'fortran_order': ${order}, 'shape': ${shape}, }`;

test("numbers of any type become rows of floats", () => {
  for (const [type, data] of [
    ["<f4", new Float32Array([1, 2, 3, 4, 5, 6])],
    ["<f8", new Float64Array([1, 2, 3, 4, 5, 6])],
    ["|u1", new Uint8Array([1, 2, 3, 4, 5, 6])],
    ["<i8", new BigInt64Array([1n, 2n, 3n, 4n, 5n, 6n])],
  ] as const) {
    const { values, count, dimensions } = readVectors(npy(header(type, "(2, 3)"), data));
    expect([count, dimensions, ...values]).toEqual([2, 3, 1, 2, 3, 4, 5, 6]);
  }
});

test("values that are not finite are 0", () => {
  expect([...readVectors(npy(header("<f4", "(1, 2)"), new Float32Array([NaN, 2]))).values]).toEqual([0, 2]);
});

test.each([
  ["no array", new ArrayBuffer(3)],
  ["cut short", npy(header("<f4", "(3, 3)"), new Float32Array(8))],
  ["no little-endian numbers", npy(header("|O", "(1, 1)"), new Float32Array(1))],
  ["not two dimensions", npy(header("<f4", "(4,)"), new Float32Array(4))],
  ["not two dimensions", npy(header("<f4", "(2, 2)", "True"), new Float32Array(4))],
  ["empty", npy(header("<f4", "(0, 2)"), new Float32Array(0))],
])("it is said of a file that %s", (reason, content) => {
  expect(() => readVectors(content)).toThrow(reason.replace("it is ", ""));
});
