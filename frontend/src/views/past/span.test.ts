import { expect, test } from "vitest";
import { cursorOf, stepsOf, sweepFrom, sweptTo, textOf, timesOf } from "./span";

type Rows = Parameters<typeof timesOf>[0];

test("what stands in the address is a time or a step, or nothing", () => {
  for (const text of ["t1763600000.125", "s0", "s1200"]) expect(textOf(cursorOf(text)!)).toBe(text);
  for (const text of ["", "t", "s1e5", "1763600000", "t-4", "s NaN"]) expect(cursorOf(text)).toBeNull();
  expect(textOf({ by: "step", at: 11.6 })).toBe("s12");
});

test("the past begins with the first experiment and ends with the last change", () => {
  const rows = [
    { created: 100, sessions: [], changed: 160 },
    { created: null, sessions: [{ started: 90 }], changed: 130 },
    { created: null, sessions: [], changed: 0 },
  ] as unknown as Rows;
  expect(timesOf(rows)).toEqual({ begin: 90, end: 160 });
  expect(timesOf([])).toEqual({ begin: 0, end: 0 });
});

test("steps of how busy a host was are seconds and do not count", () => {
  const labels = [
    { label: "loss", last_step: 40 },
    { label: "system/cpu/host_percent", last_step: 9000 },
  ];
  expect(stepsOf([{ labels }] as unknown as Parameters<typeof stepsOf>[0])).toEqual({ begin: 0, end: 40 });
});

test("a sweep goes on from where one is, and begins anew at the end", () => {
  const span = { begin: 100, end: 200 };
  expect(sweepFrom(span, 150)).toBe(150);
  expect(sweepFrom(span, 200)).toBe(100);
  expect(sweptTo(span, 150, 3, 10)).toBe(180);
  expect(sweptTo(span, 150, 60, 10)).toBe(200);
});
