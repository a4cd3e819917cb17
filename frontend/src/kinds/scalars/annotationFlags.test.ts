import { expect, test } from "vitest";
import type { Annotation } from "../../api/messages";
import { flagsOf, pointAt, stepsWithin, type FlagContent } from "./annotationFlags";
import type { ScalarLine } from "./lines";

function annotation(part: Partial<Annotation>): Annotation {
  return { id: "1", step: 0, end_step: null, label: "", author: "", time: 0, text: "Look", ...part };
}

/** Points two seconds apart, from second 100 on. */
function line(steps: number[], part: Partial<ScalarLine> = {}): ScalarLine {
  const times = Float64Array.from(steps, (_step, index) => 100 + 2 * index);
  return {
    experiment: "a",
    steps: Float64Array.from(steps),
    wallTimes: times,
    x: times,
    y: Float64Array.from(steps, (step) => step / 10),
    smoothed: null,
    length: steps.length,
    origin: 100,
    segments: [],
    ...part,
  } as ScalarLine;
}

function flags(
  annotations: Annotation[],
  lines: ScalarLine[],
  axis: Partial<Pick<FlagContent, "x" | "xLog">> = {},
) {
  const experiments = [{ id: "a", name: "run a", colour: "red", annotations }];
  return flagsOf({ experiments, lines, x: "time", xLog: false, label: "loss", ...axis });
}

test("on an axis of steps a step stands where it is, whether the label has a point there or not", () => {
  const { flags: all } = flags([annotation({ step: 7, end_step: 9 }), annotation({ step: 3 })], [], {
    x: "step",
  });
  expect(all.map(({ x, end }) => [x, end])).toEqual([
    [7, 9],
    [3, null],
  ]);
});

test("on an axis of time a step stands where its point does, or the last one before it", () => {
  const { flags: all, withoutPlace } = flags(
    [annotation({ step: 20 }), annotation({ step: 29 }), annotation({ step: 15, end_step: 30 })],
    [line([10, 20, 30])],
  );
  expect(all.map(({ x, end }) => [x, end])).toEqual([
    [2, null],
    [2, null],
    [0, 4],
  ]);
  expect(withoutPlace).toBe(0);
});

test("before the first point, or without a line, there is no place, and it is counted", () => {
  expect(flags([annotation({ step: 9 })], [line([10, 20])])).toEqual({ flags: [], withoutPlace: 1 });
  expect(flags([annotation({ step: 9 })], [])).toEqual({ flags: [], withoutPlace: 1 });
});

test("a range that begins before the first point, or left of a logarithmic axis, begins left of all", () => {
  const range = annotation({ step: 0, end_step: 20 });
  expect(flags([range], [line([10, 20])]).flags).toMatchObject([{ x: -Infinity, end: 2 }]);
  const log = { x: "step", xLog: true } as const;
  expect(flags([range], [], log).flags).toMatchObject([{ x: Number.MIN_VALUE, end: 20 }]);
  expect(flags([annotation({ step: 0 })], [], log)).toEqual({ flags: [], withoutPlace: 1 });
});

test("on an axis of values a range covers all values of its points", () => {
  const there = line([10, 20, 30, 40], { x: Float64Array.of(4, 1, 3, NaN), origin: 0 });
  const place = (part: Partial<Annotation>) => {
    const { flags: all, withoutPlace } = flags([annotation(part)], [there], { x: "value" });
    return all[0] ? [all[0].x, all[0].end] : withoutPlace;
  };
  expect(place({ step: 10, end_step: 30 })).toEqual([1, 4]);
  expect(place({ step: 15, end_step: 40 })).toEqual([1, 3]);
  expect(place({ step: 12, end_step: 18 })).toEqual([4, 4]);
  expect(place({ step: 20 })).toEqual([1, null]);
  expect(place({ step: 40 })).toBe(1);
  expect(place({ step: 1, end_step: 5 })).toBe(1);
});

test("after a restart a step is that of the run of the script that reached it last", () => {
  const restarted = line([0, 10, 20, 30, 15, 25], { segments: [4] });
  expect([5, 14, 15, 22, 25, 90].map((step) => pointAt(restarted, step))).toEqual([0, 1, 4, 4, 5, 5]);
  expect(pointAt(restarted, -1)).toBe(-1);
  expect(pointAt(line([]), 3)).toBe(-1);
});

test("a point of the chart's own line has a height", () => {
  const heights = (part: Partial<Annotation>) => flags([annotation(part)], [line([10, 20])]).flags[0]?.y;
  expect(heights({ step: 20, label: "loss" })).toBe(2);
  expect(heights({ step: 21, label: "loss" })).toBeNull();
  expect(heights({ step: 20, label: "another" })).toBeNull();
  expect(heights({ step: 20 })).toBeNull();
});

test("a part of the chart is the steps of a line's points in it", () => {
  expect(stepsWithin(line([10, 20, 30]), { x: [1, 4] })).toEqual([20, 30]);
  expect(stepsWithin(line([10, 20, 30]), { x: [1, 4], y: [0, 2] })).toEqual([20, 20]);
  expect(stepsWithin(line([10, 20, 30]), { x: [5, 9] })).toBeNull();
});
