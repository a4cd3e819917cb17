import { expect, test } from "vitest";
import { shapeOf, type Part } from "./shape";

const part = (positions: number[], indices: number[] | null = null): Part => ({
  form: "triangles",
  positions: new Float32Array(positions),
  indices: indices && new Uint32Array(indices),
  colors: null,
  color: null,
});

test("parts are counted and surrounded together", () => {
  const shape = shapeOf([
    part([0, 0, 0, 2, 0, 0, 0, 4, 0]),
    part([0, 0, 4, 1, 1, 1, 1, 1, 1, 0, 0, 0], [0, 1, 2, 0, 2, 3]),
  ]);
  expect(shape).toMatchObject({ vertices: 7, triangles: 3, centre: [1, 2, 2], radius: 3 });
});

test("coordinates that are no numbers do not move the view", () => {
  const shape = shapeOf([part([NaN, Infinity, 0, 1, 1, 1, 3, 3, 3])]);
  expect(shape.centre).toEqual([2, 2, 1.5]);
  expect(Number.isFinite(shape.radius)).toBe(true);
});

test("a face that names a vertex that is not there is an error", () => {
  expect(() => shapeOf([part([0, 0, 0], [0, 0, 7])])).toThrow("vertex 7");
});

test("nothing to show is an error", () => {
  expect(() => shapeOf([])).toThrow("no vertices");
});
