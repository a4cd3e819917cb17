import { expect, test } from "vitest";
import { colourPlace, dashPlace, placesOf } from "./looks";

const idsTo = (count: number, from = 0) => Array.from({ length: count }, (_, index) => `run-${from + index}`);
const NOBODY = { before: new Set<string>(), given: new Map<string, number>() };
const first = (ids: readonly string[]) => placesOf({ ids, ...NOBODY });
const distinct = (places: Map<string, number>, of: (place: number) => unknown = (place) => place) =>
  new Set([...places.values()].map(of)).size;

test("twenty have colours of their own in the list's order, all lines whole", () => {
  const places = first(idsTo(20));
  expect([...places.values()]).toEqual(idsTo(20).map((_, index) => index));
  expect(distinct(places, dashPlace)).toBe(1);
});

test("eighty look different, and more use each look equally often", () => {
  expect(distinct(first(idsTo(80)))).toBe(80);
  const counts = new Map<number, number>();
  for (const place of first(idsTo(3000)).values()) counts.set(place, (counts.get(place) ?? 0) + 1);
  expect(Math.max(...counts.values()) - Math.min(...counts.values())).toBeLessThanOrEqual(1);
});

test("who comes changes nobody else, and gets what nobody has", () => {
  const ids = idsTo(10);
  const given = first(ids);
  const places = placesOf({ ids: ["a", ...ids], before: new Set(ids), given });
  for (const id of ids) expect(places.get(id)).toBe(given.get(id));
  expect(distinct(places)).toBe(11);
});

test("who goes changes nobody else", () => {
  const ids = idsTo(30);
  const given = first(ids);
  const left = ids.slice(8);
  const places = placesOf({ ids: left, before: new Set(ids), given });
  for (const id of left) expect(places.get(id)).toBe(given.get(id));
});

test("a few of many differ in colour, whatever they had among all", () => {
  const ids = idsTo(3000);
  const given = first(ids);
  const few = ids.filter((_, index) => index % 200 === 3);
  const places = placesOf({ ids: few, before: new Set(ids), given });
  expect(distinct(places, colourPlace)).toBe(few.length);
});

test("what was given on another day is kept where no two would look alike", () => {
  const given = new Map([
    ["run-0", 7],
    ["run-1", 7],
  ]);
  const places = placesOf({ ids: idsTo(3), before: new Set(), given });
  expect(places.get("run-0")).toBe(7);
  expect(distinct(places)).toBe(3);
});

test("ten thousand are given theirs quickly", () => {
  const begin = performance.now();
  first(idsTo(10_000));
  expect(performance.now() - begin).toBeLessThan(200); // 5 ms where nothing else runs
});
