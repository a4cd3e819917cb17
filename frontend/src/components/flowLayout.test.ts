import { expect, test } from "vitest";
import { flowLayout, partsBetween, type FlowSection } from "./flowLayout";

const section = (name: string, count: number, folded = false): FlowSection<string> => ({
  name,
  title: name,
  items: Array.from({ length: count }, (_, index) => `${name}${index}`),
  folded,
});

function laidOut(width: number, ...sections: FlowSection<string>[]) {
  return flowLayout(sections, { width, minWidth: 340, cardHeight: 288 }, (item) => item);
}

/** Keys by rows, from top to bottom. */
function rowsOf(width: number, ...sections: FlowSection<string>[]): string[] {
  const rows = new Map<number, string[]>();
  for (const { top, key } of laidOut(width, ...sections).parts)
    rows.set(top, [...(rows.get(top) ?? []), key]);
  return [...rows].sort(([a], [b]) => a - b).map(([, keys]) => keys.join(" "));
}

test("small sections share a row, each below its own head", () => {
  expect(rowsOf(1800, section("a", 2), section("b", 2), section("c", 1), section("d", 1))).toEqual([
    "head a head b head c",
    "card a0 card a1 card b0 card b1 card c0",
    "head d",
    "card d0",
  ]);
});

test("a section that fills rows has them to itself, as even as can be", () => {
  expect(rowsOf(1100, section("a", 1), section("big", 4), section("b", 1))).toEqual([
    "head a",
    "card a0",
    "head big",
    "card big0 card big1",
    "card big2 card big3",
    "head b",
    "card b0",
  ]);
});

test.each([328, 700, 1136, 2256])("cards fill a row of %d pixels", (width) => {
  for (const sections of [[section("a", 1)], [section("a", 1), section("b", 2)], [section("a", 12)]]) {
    const { parts, height } = laidOut(width, ...sections);
    const cards = parts.filter(({ is }) => is === "card");
    expect(Math.max(...cards.map((card) => card.left + card.width))).toBeCloseTo(width);
    expect(Math.min(...cards.map((card) => card.width))).toBeGreaterThanOrEqual(Math.min(width, 340));
    expect(height).toBeGreaterThan(Math.max(...parts.map((part) => part.top + part.height)));
  }
});

test("a very wide card is higher", () => {
  const heightIn = (width: number) => laidOut(width, section("a", 1)).parts[1]!.height;
  expect([heightIn(400), heightIn(1000), heightIn(4000)]).toEqual([288, 360, 461]);
});

test("a folded section is its head alone", () => {
  expect(rowsOf(1800, section("a", 1), section("b", 1, true), section("c", 1))).toEqual([
    "head a",
    "card a0",
    "head b",
    "head c",
    "card c0",
  ]);
});

test("without a title there is no head", () => {
  const flat = { ...section("", 3), title: "" };
  expect(laidOut(1800, flat).parts.map(({ is }) => is)).toEqual(["card", "card", "card"]);
});

test("only what is near the window exists", () => {
  const { parts } = laidOut(360, section("a", 100));
  expect(partsBetween(parts, 3000, 3600, 0).map(({ key }) => key)).toEqual([
    "card a9",
    "card a10",
    "card a11",
  ]);
  expect(partsBetween(parts, 0, 0, 100)).toEqual([]);
});
