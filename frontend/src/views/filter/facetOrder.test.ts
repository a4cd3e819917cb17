import { expect, test } from "vitest";
import type { Facet } from "../../api/messages";
import { isRange, mergeFacets } from "./facetOrder";

function facet(written: string, count = 1, part: Partial<Facet> = {}): Facet {
  const values = [{ shown: "a", term: `${written}=a`, count }];
  return { field: written, written, values, more: 0, low: null, high: null, ...part };
}

test("what has terms is counted without them, and stands where it stood", () => {
  const whole = [facet("status"), facet("lr", 2), facet("seed")];
  const merged = mergeFacets(whole, [["lr", [facet("status", 7), facet("lr", 7), facet("opt", 7)]]]);
  expect(merged.map(({ written, values }) => [written, values[0]!.count])).toEqual([
    ["status", 1],
    ["lr", 7],
    ["seed", 1],
  ]);
});

test("what its own term makes the same in all goes back to its place", () => {
  const all = [facet("status"), facet("lr"), facet("opt"), facet("seed")];
  const merged = mergeFacets([facet("status"), facet("seed")], [["config.opt", all]]);
  expect(merged.map(({ written }) => written)).toEqual(["status", "opt", "seed"]);
  expect(mergeFacets([], [["unknown", all]])).toEqual([]);
});

test("many numbers are a range", () => {
  expect(isRange(facet("seed", 1, { values: [], more: 50, low: 0, high: 49 }))).toBe(true);
  expect(isRange(facet("seed", 1, { more: 3, low: 0, high: 3 }))).toBe(false);
  expect(isRange(facet("text", 1, { more: 50 }))).toBe(false);
});
