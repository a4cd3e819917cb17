import { expect, test } from "vitest";
import { joinByStep, type StepValues } from "./pairs";

const series = (points: [step: number, value: number][], segments: number[] = []): StepValues => ({
  steps: Float64Array.from(points, ([step]) => step),
  wallTimes: Float64Array.from(points, ([step]) => 1000 + step),
  values: Float64Array.from(points, ([, value]) => value),
  length: points.length,
  segments,
});

const joined = (...input: Parameters<typeof joinByStep>) => {
  const { x, y, steps, segments } = joinByStep(...input);
  return { points: Array.from(x, (value, index) => [steps[index], value, y[index]]), segments };
};

test("values are joined where both labels were logged at the same step", () => {
  const x = series([
    [0, 10],
    [1, 11],
    [4, 14],
  ]);
  const y = series([
    [1, 1],
    [2, 2],
    [4, 4],
  ]);
  expect(joined(x, y)).toEqual({
    points: [
      [1, 11, 1],
      [4, 14, 4],
    ],
    segments: [],
  });
});

test("after a restart the values of the same run are joined, and the line begins anew", () => {
  const x = series(
    [
      [0, 10],
      [1, 11],
      [0, 20],
      [1, 21],
    ],
    [2],
  );
  const y = series(
    [
      [0, 0],
      [1, 1],
      [0, 5],
      [1, 6],
    ],
    [2],
  );
  expect(joined(x, y)).toEqual({
    points: [
      [0, 10, 0],
      [1, 11, 1],
      [0, 20, 5],
      [1, 21, 6],
    ],
    segments: [2],
  });
});

test("of a label that did not restart, the one run there is counts", () => {
  const x = series([
    [0, 10],
    [1, 11],
  ]);
  const y = series(
    [
      [1, 1],
      [0, 5],
    ],
    [1],
  );
  expect(joined(x, y).points).toEqual([
    [1, 11, 1],
    [0, 10, 5],
  ]);
});

test("between overviews the last value before a step is taken", () => {
  const x = series([
    [0, 10],
    [5, 15],
  ]);
  const y = series([
    [3, 3],
    [7, 7],
  ]);
  expect(joined(x, y).points).toEqual([]);
  expect(joined(x, y, { nearest: true }).points).toEqual([
    [3, 10, 3],
    [7, 15, 7],
  ]);
});

test("labels without a common step have no points", () => {
  expect(joined(series([]), series([[1, 1]])).points).toEqual([]);
  expect(joined(series([[1, 1]]), series([])).points).toEqual([]);
});
