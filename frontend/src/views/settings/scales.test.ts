import { expect, test } from "vitest";
import {
  labelOfMissing,
  numberAt,
  scaleOf,
  shareOf,
  shortNumberAt,
  ticksOfScale,
  type NumberScale,
} from "./scales";

const numbers = (cells: Parameters<typeof scaleOf>[0], log?: boolean) =>
  scaleOf(cells, log ?? null) as NumberScale;

test("numbers over decades are logarithmic by themselves, unless somebody says otherwise", () => {
  const rates = [1e-4, 3e-4, 1e-3, 3e-3, 1e-2];
  expect(numbers(rates).log).toBe(true);
  expect(numbers(rates, false).log).toBe(false);
  expect(shareOf(scaleOf(rates), 1e-3)).toBeCloseTo(0.5);
  expect(numbers([0, 0.1, 100]).log).toBe(false);
  expect(numbers([0, 1, 2], true).log).toBe(false);
  expect(numbers([16, 32, 64]).log).toBe(false);
});

test("what has no place on an axis has none", () => {
  const scale = scaleOf([1, null, NaN, Infinity, 3]);
  expect([1, 2, 3].map((cell) => shareOf(scale, cell))).toEqual([0, 0.5, 1]);
  expect([null, NaN, Infinity, "1"].map((cell) => shareOf(scale, cell))).toEqual([null, null, null, null]);
  expect(scaleOf([null, NaN])).toEqual({ kind: "empty" });
  expect(shareOf(scaleOf([5, 5]), 5)).toBe(0.5);
  expect(shareOf(scaleOf([-1e308, 1e308]), 0)).toBe(0.5);
});

test("categories, truths and mixed types are points, in order", () => {
  const scale = scaleOf(["sgd", "adam", 3, true, null]);
  expect(scale).toMatchObject({ kind: "values", values: [3, "adam", "sgd", true] });
  expect(shareOf(scale, "adam")).toBe(0.375);
  expect(ticksOfScale(scaleOf(["", "b"]), 9).map(({ label }) => label)).toEqual(["(empty)", "b"]);
  const many = scaleOf(Array.from({ length: 90 }, (_, place) => `c${place}`));
  expect(ticksOfScale(many, 30)).toHaveLength(30);
});

test("a few words among many numbers have no place among them", () => {
  const cells = [...Array.from({ length: 30 }, (_, place) => place), "auto", null];
  const scale = scaleOf(cells);
  expect(scale).toMatchObject({ kind: "numbers", low: 0, high: 29 });
  expect(shareOf(scale, "auto")).toBe(null);
  expect(labelOfMissing(scale, cells)).toBe("no number");
  expect(labelOfMissing(scaleOf([1, null]), [1, null])).toBe("no value");
});

test("few numbers have a tick each", () => {
  expect(ticksOfScale(scaleOf([1e-4, 1e-3, 1e-2]), 8).map(({ label }) => label)).toEqual([
    "0.0001",
    "0.001",
    "0.01",
  ]);
  expect(ticksOfScale(scaleOf([0, 1e-9, 1]), 5).map(({ share }) => share)).toEqual([
    0, 0.2, 0.4, 0.6, 0.8, 1,
  ]);
  expect(ticksOfScale(scaleOf([7]), 5)).toEqual([{ share: 0.5, label: "7" }]);
});

test("the ends of a brush are short numbers", () => {
  const scale = numbers([0, 1]);
  expect(shortNumberAt(scale, 0.333333, 0.02)).toBe(0.33);
  expect(shortNumberAt(scale, 0.333333, 1e-9)).toBe(0.333333);
  expect(shortNumberAt(numbers([1e-4, 1e-3, 1e-2]), 0.5, 0.01)).toBe(0.001);
  expect([0, 1].map((share) => numberAt(scale, share))).toEqual([0, 1]);
});
