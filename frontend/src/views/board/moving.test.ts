import { expect, test } from "vitest";
import { layBoard, type GridSection } from "./boardPixels";
import { besideSection, changedBy, sectionAt } from "./moving";

const place = (column: number, row: number, width = 4, height = 3) => ({ column, row, width, height });
const section = (name: string, panels: string[], places = panels.map((_, at) => place(4 * at, 0))) =>
  ({ name, title: name, folded: false, panels, places }) satisfies GridSection<string>;
const sections = [section("", ["a"]), section("S", ["b", "c"]), section("empty", [])];

test("a panel goes to a place of its section, and who stands there makes room", () => {
  expect(changedBy(sections, { section: "S", index: 0 }, { section: "S", place: place(4, 0) })).toEqual([
    section("S", ["b", "c"], [place(4, 0), place(4, 3)]),
  ]);
});

test("a panel goes into another section, and leaves the others of its own where they are", () => {
  expect(changedBy(sections, { section: "S", index: 0 }, { section: "", place: place(2, 1) })).toEqual([
    section("S", ["c"], [place(4, 0)]),
    section("", ["a", "b"], [place(0, 4), place(2, 1)]),
  ]);
});

test("what is dragged is in the section whose panels or head are there", () => {
  const { spans, height } = layBoard(sections, 1200, (panel) => panel);
  const at = (y: number) => sectionAt(spans, y)?.name;
  expect([at(-50), at(10), at(spans[0]!.end + 1), at(spans[1]!.end + 1), at(height + 500)]).toEqual([
    ...["", "", "S", "empty", "empty"],
  ]);
});

test("while a panel is dragged out of a section, those below it stay where they are", () => {
  const before = layBoard(sections, 1200, (panel) => panel).spans;
  const [left] = changedBy(sections, { section: "", index: 0 }, { section: "S", place: place(0, 5) });
  const leastHeight = before[0]!.end - before[0]!.top;
  const after = layBoard([{ ...left!, leastHeight }, ...sections.slice(1)], 1200, (panel) => panel).spans;
  expect(after[1]!.top).toBe(before[1]!.top);
});

test("by keys a panel goes to the first free place of the section before or behind", () => {
  expect(besideSection(sections, { section: "S", index: 1 }, -1)).toEqual({
    section: "",
    place: place(4, 0),
  });
  expect(besideSection(sections, { section: "S", index: 1 }, 1)).toEqual({
    ...{ section: "empty", place: place(0, 0) },
  });
  expect(besideSection(sections, { section: "", index: 0 }, -1)).toBeNull();
});
