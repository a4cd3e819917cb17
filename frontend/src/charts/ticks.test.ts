import { expect, test } from "vitest";
import { ticksOf } from "./ticks";

const labels = (...input: Parameters<typeof ticksOf>) => ticksOf(...input).map((tick) => tick.label);

test("ticks of numbers are round and have the same decimals", () => {
  expect(labels([0, 1], "number")).toEqual(["0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
  expect(labels([-1.2, 1.3], "number")).toEqual(["−1.0", "−0.5", "0", "0.5", "1.0"]);
  expect(labels([0, 57_000], "number")).toEqual(["0", "10k", "20k", "30k", "40k", "50k"]);
  expect(labels([0, 2.1e6], "number")).toEqual(["0", "0.5M", "1.0M", "1.5M", "2.0M"]);
  expect(labels([0, 0.00025], "number", { about: 3 })).toEqual(["0", "1e−4", "2e−4"]);
});

test("a deep zoom keeps labels apart", () => {
  const shown = labels([1_234_567.1, 1_234_568.9], "number", { about: 4 });
  expect(new Set(shown).size).toBe(shown.length);
  expect(shown.length).toBeGreaterThan(1);
});

test("a range without width has no ticks", () => {
  expect(ticksOf([5, 5], "number")).toEqual([]);
  expect(ticksOf([NaN, NaN], "number")).toEqual([]);
});

test("ticks of durations are whole minutes, hours and days", () => {
  expect(labels([0, 50], "duration")).toEqual(["0", "10s", "20s", "30s", "40s", "50s"]);
  expect(labels([0, 300], "duration", { about: 5 })).toEqual(["0", "1m", "2m", "3m", "4m", "5m"]);
  expect(labels([0, 10_000], "duration", { about: 6 })).toEqual(["0", "30m", "1h", "1h 30m", "2h", "2h 30m"]);
  expect(labels([0, 5 * 86_400], "duration", { about: 5 })).toEqual(["0", "1 d", "2 d", "3 d", "4 d", "5 d"]);
  expect(labels([0, 0.5], "duration", { about: 5 })).toEqual([
    "0",
    "0.1 s",
    "0.2 s",
    "0.3 s",
    "0.4 s",
    "0.5 s",
  ]);
});

test("ticks of times are those of the local clock, with the date where a day begins", () => {
  const start = new Date(2026, 10, 20, 22, 10).getTime() / 1000;
  expect(labels([start, start + 4 * 3600], "time", { about: 4 })).toEqual([
    "23:00",
    "Nov 21",
    "01:00",
    "02:00",
  ]);
  expect(labels([start, start + 3 * 86_400], "time", { about: 4 })).toEqual(["Nov 21", "Nov 22", "Nov 23"]);
  expect(labels([start, start + 120 * 86_400], "time", { about: 4 })).toEqual(["Dec", "2027", "Feb", "Mar"]);
  expect(labels([start, start + 30], "time", { about: 3 })).toEqual([
    "22:10:00",
    "22:10:10",
    "22:10:20",
    "22:10:30",
  ]);
});

test("logarithmic ticks are powers of ten, with more between them where there is room", () => {
  expect(labels([1, 1000], "number", { log: true }).filter(Boolean)).toEqual(["1", "10", "100", "1000"]);
  expect(labels([1, 60], "number", { log: true }).filter(Boolean)).toEqual(["1", "2", "5", "10", "20", "50"]);
  expect(labels([1e-9, 1e3], "number", { log: true, about: 4 })).toEqual([
    "1e−9",
    "1e−6",
    "0.001",
    "1",
    "1000",
  ]);
  expect(labels([3, 4], "number", { log: true, about: 5 })).toEqual([
    "3.0",
    "3.2",
    "3.4",
    "3.6",
    "3.8",
    "4.0",
  ]);
  expect(labels([5000, 2e6], "number", { log: true }).filter(Boolean)).toEqual(["10k", "100k", "1M"]);
});
