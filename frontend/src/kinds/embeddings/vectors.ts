/** What is computed of vectors: their main directions, and who is near to whom. */
import type { Vectors } from "./npy";

/** Places of some vectors, x, y and z of each; fewer dimensions leave the last ones 0. */
export type Places = Float32Array;

export interface Projection {
  places: Places;
  /** Of each axis, the part of the variance that it shows, 0 to 1. */
  explained: readonly number[];
}

export interface Neighbour {
  index: number;
  distance: number;
}

export type Metric = "cosine" | "euclidean";

const AXES = 3;
const ROUNDS = 40;
/** More vectors change the main directions little. */
const MOST_FITTED = 10_000;

/** The vectors of these rows along their three main directions (PCA), by orthogonal iteration. */
export function principalPlaces({ values, dimensions }: Vectors, rows: Uint32Array): Projection {
  const mean = new Float64Array(dimensions);
  for (const row of rows) for (let at = 0; at < dimensions; at++) mean[at]! += values[row * dimensions + at]!;
  for (let at = 0; at < dimensions; at++) mean[at]! /= rows.length;
  const every = Math.ceil(rows.length / MOST_FITTED);
  const fitted = every > 1 ? rows.filter((_, index) => index % every === 0) : rows;

  let axes: Float64Array[] = Array.from({ length: Math.min(AXES, dimensions) }, (_, axis) =>
    Float64Array.from(
      { length: dimensions },
      (__, at) => Math.cos((at + 1) * (axis + 1) * 1.7) + (at === axis ? 1 : 0),
    ),
  );
  axes = orthonormal(axes);
  for (let round = 0; round < ROUNDS; round++) {
    const next = axes.map(() => new Float64Array(dimensions));
    for (const row of fitted) {
      const start = row * dimensions;
      axes.forEach((axis, which) => {
        const along = dotCentred(values, start, mean, axis);
        const sum = next[which]!;
        for (let at = 0; at < dimensions; at++) sum[at]! += along * (values[start + at]! - mean[at]!);
      });
    }
    axes = orthonormal(next);
  }

  const places = new Float32Array(rows.length * AXES);
  const variances = axes.map(() => 0);
  let total = 0;
  rows.forEach((row, index) => {
    const start = row * dimensions;
    for (let at = 0; at < dimensions; at++) total += (values[start + at]! - mean[at]!) ** 2;
    axes.forEach((axis, which) => {
      const along = dotCentred(values, start, mean, axis);
      places[index * AXES + which] = along;
      variances[which]! += along ** 2;
    });
  });
  return { places, explained: variances.map((variance) => (total > 0 ? variance / total : 0)) };
}

function dotCentred(values: Float32Array, start: number, mean: Float64Array, axis: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < axis.length; at++) sum += axis[at]! * (values[start + at]! - mean[at]!);
  return sum;
}

/** Gram-Schmidt; what has no direction of its own becomes 0. The largest part of each points upwards. */
function orthonormal(axes: Float64Array[]): Float64Array[] {
  const done: Float64Array[] = [];
  for (const axis of axes) {
    const before = lengthOf(axis);
    for (const other of done) {
      const along = axis.reduce((sum, value, at) => sum + value * other[at]!, 0);
      for (let at = 0; at < axis.length; at++) axis[at]! -= along * other[at]!;
    }
    const length = lengthOf(axis);
    const largest = axis.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
    const scale = length > 1e-9 * before ? Math.sign(largest) / length : 0;
    done.push(axis.map((value) => value * scale));
  }
  return done;
}

/** The vectors nearest to one of them, itself left out. */
export function nearest(
  { values, count, dimensions }: Vectors,
  to: number,
  most: number,
  metric: Metric,
): Neighbour[] {
  const of = (row: number) => values.subarray(row * dimensions, (row + 1) * dimensions);
  const wanted = of(to);
  const distance = metric === "cosine" ? cosineDistance : euclideanDistance;
  const all = Array.from({ length: count }, (_, index) => ({ index, distance: distance(wanted, of(index)) }));
  return all
    .filter(({ index }) => index !== to)
    .sort((a, b) => a.distance - b.distance || a.index - b.index)
    .slice(0, most);
}

function euclideanDistance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += (a[at]! - b[at]!) ** 2;
  return Math.sqrt(sum);
}

function cosineDistance(a: Float32Array, b: Float32Array): number {
  let [both, first, second] = [0, 0, 0];
  for (let at = 0; at < a.length; at++) {
    both += a[at]! * b[at]!;
    first += a[at]! ** 2;
    second += b[at]! ** 2;
  }
  return first > 0 && second > 0 ? 1 - both / Math.sqrt(first * second) : 1;
}

function lengthOf(axis: Float64Array): number {
  return Math.sqrt(axis.reduce((sum, value) => sum + value ** 2, 0));
}
