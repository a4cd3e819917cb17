import { expect, test } from "vitest";
import type { NewPoints, SeriesHead } from "../../api/messages";
import { Series, type XAxis } from "./series";

function series(
  values: number[],
  more: { head?: Partial<SeriesHead>; smoothing?: number; xAxis?: XAxis } = {},
) {
  const head: SeriesHead = {
    experiment: "run",
    label: "loss",
    writer: "",
    identity: "a",
    count: values.length,
    sent: values.length,
    exact: true,
    first_wall_time: 100,
    segments: [],
    without_place: 0,
    smoothing_state: null,
    ...more.head,
  };
  const steps = Float64Array.from(values.keys());
  const smoothing = more.smoothing ?? 0;
  const smoothed = smoothing ? Float64Array.from(values) : null;
  const wallTimes = steps.map((step) => 100 + step);
  return new Series(
    { head, steps, wallTimes, values: Float64Array.from(values), smoothed },
    more.xAxis ?? "step",
    smoothing,
  );
}

const points = (first: number, steps: number[], more: Partial<NewPoints> = {}): NewPoints => ({
  label: "loss",
  identity: "a",
  first,
  steps,
  times: steps.map((step) => 100 + step),
  values: steps.map(() => 1),
  ...more,
});

const valuesOf = (subject: Series) => [...subject.values.subarray(0, subject.length)];

test("live points are appended", () => {
  const subject = series([5, 6]);
  expect(subject.append(points(2, [2, 3], { values: [7, "nan"] }))).toBe(true);
  expect(valuesOf(subject)).toEqual([5, 6, 7, NaN]);
  expect(subject.count).toBe(4);
  expect(subject.live).toBe(2);
});

test("points that are known already are passed over", () => {
  const subject = series([5, 6, 7]);
  expect(subject.append(points(1, [1, 2, 3], { values: [6, 7, 8] }))).toBe(true);
  expect(valuesOf(subject)).toEqual([5, 6, 7, 8]);
  expect(subject.append(points(0, [0]))).toBe(true);
  expect(subject.length).toBe(4);
});

test("a gap and another identity are refused", () => {
  const subject = series([5, 6]);
  expect(subject.append(points(3, [3]))).toBe(false);
  expect(subject.append(points(2, [2], { identity: "b" }))).toBe(false);
  expect(subject.length).toBe(2);
});

test("a step that goes back begins a segment, and so does a clock that is set back", () => {
  const subject = series([5, 6, 7]);
  subject.append(points(3, [1, 2]));
  expect(subject.segments).toEqual([3]);
  const byClock = series([5, 6], { xAxis: "wall" });
  byClock.append(points(2, [2], { times: [50] }));
  expect(byClock.segments).toEqual([2]);
});

test("smoothing goes on from the server's state", () => {
  const subject = series([4], { smoothing: 0.5, head: { smoothing_state: [4, 1], exact: false, count: 10 } });
  subject.append(points(10, [10], { values: [10] }));
  expect(subject.smoothed![1]).toBeCloseTo((4 * 0.5 + 10) / 1.5);
});

test("a whole series is smoothed anew in the page, restart by restart", () => {
  const subject = series([4, 8], { head: { segments: [1] } });
  subject.resmooth(0.9);
  expect(subject.smoothed![0]).toBeCloseTo(4);
  expect(subject.smoothed![1]).toBeCloseTo(8);
  subject.append(points(2, [2], { values: [2] }));
  expect(subject.smoothed![2]).toBeCloseTo((8 * 0.9 + 2) / 1.9);
  subject.resmooth(0);
  expect(subject.smoothed).toBeNull();
});

test("a fresh copy gets the live points that came after it was asked for", () => {
  const older = series([5, 6]);
  older.append(points(2, [2, 3], { values: [7, 8] }));
  const fresh = series([5, 6, 7]);
  fresh.takeLiveFrom(older);
  expect(valuesOf(fresh)).toEqual([5, 6, 7, 8]);
  const other = series([5], { head: { identity: "b" } });
  other.takeLiveFrom(older);
  expect(other.length).toBe(1);
});
