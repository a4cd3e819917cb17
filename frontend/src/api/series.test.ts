import { expect, test } from "vitest";
import type { PackedColumn, SeriesAnswerHead } from "./messages";
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

const AS_THEY_ARE: PackedColumn = { bytes: 8, scale: 0, firsts: [], slopes: [] };

/** What the server packs, written down byte by byte. */
function encode(head: SeriesAnswerHead, planes: number[]): ArrayBuffer {
  const text = new TextEncoder().encode(JSON.stringify(head));
  const buffer = new ArrayBuffer(4 + text.length + planes.length);
  new DataView(buffer).setUint32(0, text.length, true);
  new Uint8Array(buffer, 4).set(text);
  new Uint8Array(buffer, 4 + text.length).set(planes);
  return buffer;
}

/** All first bytes of doubles, then all second ones. */
function planesOf(numbers: number[]): number[] {
  const bytes = new Uint8Array(Float64Array.from(numbers).buffer);
  return Array.from(bytes, (_, index) => {
    const plane = Math.floor(index / numbers.length);
    return bytes[8 * (index % numbers.length) + plane]!;
  });
}

const head = (columns: PackedColumn[], ...series: SeriesAnswerHead["series"]): SeriesAnswerHead => ({
  epoch: "e",
  sequence: 7,
  series,
  columns,
  problems: [],
});

test("doubles come out as they went in, not-a-number included", () => {
  const columns = [AS_THEY_ARE, AS_THEY_ARE, AS_THEY_ARE];
  const buffer = encode(head(columns, seriesHead("a", 2), seriesHead("b", 1)), [
    ...planesOf([0, 2 ** 53 - 1, 3]),
    ...planesOf([10.5, 11, 12]),
    ...planesOf([NaN, -Infinity, 0.1]),
  ]);
  const { sequence, series } = decodeSeries(buffer);
  expect(sequence).toBe(7);
  expect([...(series[0]?.steps ?? [])]).toEqual([0, 2 ** 53 - 1]);
  expect([...(series[0]?.values ?? [])]).toEqual([NaN, -Infinity]);
  expect(series[1]?.head.label).toBe("b");
  expect([...(series[1]?.wallTimes ?? [])]).toEqual([12]);
  expect(series[1]?.smoothed).toBeNull();
});

test("steps and times are added up from their differences, times beside what the steps let expect", () => {
  const steps: PackedColumn = { bytes: 2, scale: 1, firsts: [7, 0, 2 ** 53 - 1], slopes: [] };
  const times: PackedColumn = { bytes: 1, scale: 1000, firsts: [1500, 0, 9], slopes: [2.5, 0, 0] };
  const buffer = encode(
    head([steps, times, AS_THEY_ARE], seriesHead("a", 3), seriesHead("b", 0), seriesHead("c", 1)),
    // Steps 7, 307, 302: differences 0, 300, -5 as 0, 600, 9.
    [...[0, 600 % 256, 9, 0], ...[0, 2, 0, 0], ...[0, 3, 2, 0], ...planesOf([1, 2, 3, 4])],
  );
  const [a, b, c] = decodeSeries(buffer).series;
  expect([...a!.steps]).toEqual([7, 307, 302]);
  // 1500, then 1500 - 2 + 750, then 1500 - 2 + 1 + floor(737.5 + 0.5).
  expect([...a!.wallTimes]).toEqual([1.5, 2.248, 2.237]);
  expect(b!.steps).toHaveLength(0);
  expect([...c!.steps, ...c!.wallTimes, ...c!.values]).toEqual([2 ** 53 - 1, 0.009, 4]);
});

test("smoothed values are a fourth column", () => {
  const planes = [[1], [2], [3], [4]].flatMap(planesOf);
  const { series } = decodeSeries(
    encode(head(Array<PackedColumn>(4).fill(AS_THEY_ARE), seriesHead("a", 1)), planes),
  );
  expect([...(series[0]?.smoothed ?? [])]).toEqual([4]);
});

test("another label's values as x are the last column, smoothed or not", () => {
  const answer = (...columns: number[]) =>
    encode(
      head(Array<PackedColumn>(columns.length).fill(AS_THEY_ARE), seriesHead("a", 1)),
      columns.flatMap((number) => planesOf([number])),
    );
  const [raw] = decodeSeries(answer(1, 2, 3, 9), true).series;
  expect([raw!.smoothed, ...raw!.x!]).toEqual([null, 9]);
  const [smoothed] = decodeSeries(answer(1, 2, 3, 4, 9), true).series;
  expect([...smoothed!.smoothed!, ...smoothed!.x!]).toEqual([4, 9]);
  expect(decodeSeries(encode(head([AS_THEY_ARE]), []), true).series).toEqual([]);
});

test("an answer without series is empty", () => {
  expect(decodeSeries(encode(head([AS_THEY_ARE]), [])).series).toEqual([]);
});

test("an answer that was cut is not shown as data", () => {
  const columns = [AS_THEY_ARE, AS_THEY_ARE, AS_THEY_ARE];
  const buffer = encode(head(columns, seriesHead("a", 2)), Array<number>(48).fill(1));
  expect(() => decodeSeries(buffer.slice(0, -8))).toThrow("cut short");
});
