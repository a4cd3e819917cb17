import { expect, test } from "vitest";
import { peaksOf } from "./waveform";

test("each column has the lowest and the highest sample of all channels", () => {
  const channels = [Float32Array.of(0.5, -0.25, 0.125, 0), Float32Array.of(0, 0, -1, 1)];
  expect([...peaksOf(channels, 2)]).toEqual([-0.25, 0.5, -1, 1]);
});

test("a sound of no samples is silent", () => {
  expect([...peaksOf([], 2)]).toEqual([0, 0, 0, 0]);
});
