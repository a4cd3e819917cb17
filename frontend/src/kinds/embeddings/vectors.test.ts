import { expect, test } from "vitest";
import { nearest, principalPlaces } from "./vectors";

const vectors = (rows: number[][]) => ({
  values: new Float32Array(rows.flat()),
  count: rows.length,
  dimensions: rows[0]!.length,
});
const all = (count: number) => Uint32Array.from({ length: count }, (_, row) => row);

test("places lie along the directions of the largest variance", () => {
  const rows = Array.from({ length: 50 }, (_, at) => [at / 10, 5 * at, Math.sin(at), 3]);
  const { places, explained } = principalPlaces(vectors(rows), all(50));
  expect(explained[0]).toBeGreaterThan(0.99);
  expect(explained.reduce((sum, part) => sum + part)).toBeCloseTo(1);
  const steps = Array.from({ length: 49 }, (_, at) => places[3 * (at + 1)]! - places[3 * at]!);
  for (const step of steps) expect(step).toBeCloseTo(5, 0);
});

test("only the chosen rows count", () => {
  const rows = [
    [0, 0],
    [1, 0],
    [1000, 1000],
    [0, 1],
  ];
  const { places } = principalPlaces(vectors(rows), new Uint32Array([0, 1, 3]));
  expect(places.length).toBe(9);
  expect(Math.max(...places)).toBeLessThan(2);
});

test("equal vectors all lie in the middle", () => {
  const { places, explained } = principalPlaces(
    vectors([
      [1, 2],
      [1, 2],
    ]),
    all(2),
  );
  expect([...places]).toEqual([0, 0, 0, 0, 0, 0]);
  expect(explained).toEqual([0, 0]);
});

test("neighbours come nearest first, by angle or by distance", () => {
  const found = vectors([
    [1, 0],
    [10, 1],
    [0, 1],
    [2, 2],
  ]);
  expect(nearest(found, 0, 2, "cosine").map(({ index }) => index)).toEqual([1, 3]);
  expect(nearest(found, 0, 2, "euclidean").map(({ index }) => index)).toEqual([2, 3]);
});
