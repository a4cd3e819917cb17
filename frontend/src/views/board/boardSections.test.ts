import { expect, test } from "vitest";
import type { BoardPanel } from "../../api/messages";
import { arrangement, sectionsOf } from "./boardSections";
import { packed } from "./places";

const chart = (label: string, more: Partial<BoardPanel> = {}): BoardPanel => ({
  ...{ type: "chart", index: 0, labels: [label] },
  ...more,
});

test("panels without a section come first, then sections in their order, then those that only panels name", () => {
  const found = sectionsOf({
    sections: [{ title: "B", closed: true }, { title: "A" }],
    panels: [
      chart("1", { section: "A" }),
      chart("2"),
      chart("3", { section: "C" }),
      chart("4", { section: "B" }),
    ],
  });
  expect(
    found.map(({ name, closed, panels }) => [name, closed, panels.map(({ panel }) => panel.labels?.[0])]),
  ).toEqual([
    ["", false, ["2"]],
    ["B", true, ["4"]],
    ["A", false, ["1"]],
    ["C", false, ["3"]],
  ]);
});

test("what is arranged is written of panels that stand elsewhere, or nowhere", () => {
  const [section] = sectionsOf({
    panels: [chart("a", { at: [0, 0, 4, 4] }), chart("b", { at: [0, 9, 4, 4] }), chart("c")],
  });
  const changes = arrangement(section!.panels, packed(section!.places), section!.name);
  expect(changes.map((change) => ("value" in change ? change.value : null))).toEqual([
    [0, 4, 4, 4],
    [4, 0, 4, 4],
  ]);
});
