import { expect, test } from "vitest";
import type { Line } from "./lines";
import type { PlotContent } from "./plot";
import { rangesOf } from "./plotRanges";

const line: Line = {
  name: "run",
  colour: "#000",
  x: Float64Array.from([0, 100]),
  y: Float64Array.from([1, 3]),
  smoothed: null,
  length: 2,
  origin: 0,
  segments: [],
  sorted: true,
};

const content = (axes: Partial<PlotContent["axes"]>, zoom: PlotContent["zoom"] = null): PlotContent => ({
  lines: [line],
  axes: { xQuantity: "number", xLog: false, yLog: false, ...axes },
  zoom,
  withoutOutliers: false,
});

test("an end that is said holds, and the values decide the other", () => {
  const { x, y } = rangesOf(content({}));
  expect(rangesOf(content({ yEnds: [0, null] })).y).toEqual([0, y[1]]);
  expect(rangesOf(content({ xEnds: [null, 50] })).x).toEqual([x[0], 50]);
});

test("an end that leaves nothing, or is not on the axis, does not count, nor does one while somebody zooms", () => {
  const { y } = rangesOf(content({}));
  expect(rangesOf(content({ yEnds: [7, null] })).y).toEqual(y);
  expect(rangesOf(content({ yLog: true, yEnds: [0, null] })).y).toEqual(rangesOf(content({ yLog: true })).y);
  expect(rangesOf(content({ yEnds: [0, null] }, { y: [2, 3] })).y).toEqual([2, 3]);
});
