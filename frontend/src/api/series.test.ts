import { expect, test } from "vitest";
import type { SeriesAnswerHead } from "./messages";
import { decodeSeries } from "./series";

const seriesHead = (label: string, sent: number) => ({
  experiment: "run",
  label,
  writer: "",
  identity: "i",
  count: sent,
  sent,
  exact: true,
  first_wall_time: 0,
  segments: [],
  without_place: 0,
  smoothing_state: null,
});

function encode(head: SeriesAnswerHead, columns: number[][]): ArrayBuffer {
  let text = JSON.stringify(head);
  while ((4 + text.length) % 8) text += " ";
  const numbers = columns.flat();
  const buffer = new ArrayBuffer(4 + text.length + 8 * numbers.length);
  new DataView(buffer).setUint32(0, text.length, true);
  new Uint8Array(buffer, 4).set(new TextEncoder().encode(text));
  new Float64Array(buffer, 4 + text.length).set(numbers);
  return buffer;
}

const head = (...series: SeriesAnswerHead["series"]) => ({ epoch: "e", sequence: 7, series, problems: [] });

test("columns come out as they went in, not-a-number included", () => {
  const buffer = encode(head(seriesHead("a", 2), seriesHead("b", 1)), [
    [0, 2 ** 53 - 1],
    [10.5, 11],
    [NaN, -Infinity],
    [3],
    [12],
    [0.1],
  ]);
  const { sequence, series } = decodeSeries(buffer);
  expect(sequence).toBe(7);
  expect([...(series[0]?.steps ?? [])]).toEqual([0, 2 ** 53 - 1]);
  expect([...(series[0]?.values ?? [])]).toEqual([NaN, -Infinity]);
  expect(series[1]?.head.label).toBe("b");
  expect([...(series[1]?.wallTimes ?? [])]).toEqual([12]);
  expect(series[1]?.smoothed).toBeNull();
});

test("smoothed values are a fourth column", () => {
  const { series } = decodeSeries(encode(head(seriesHead("a", 1)), [[1], [2], [3], [4]]));
  expect([...(series[0]?.smoothed ?? [])]).toEqual([4]);
});

test("an answer without series is empty", () => {
  expect(decodeSeries(encode(head(), [])).series).toEqual([]);
});

test("an answer that was cut is not shown as data", () => {
  const buffer = encode(head(seriesHead("a", 2)), [
    [1, 2],
    [1, 2],
    [1, 2],
  ]);
  expect(() => decodeSeries(buffer.slice(0, -8))).toThrow("cut short");
});
