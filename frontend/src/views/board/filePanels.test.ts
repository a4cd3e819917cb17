import { expect, test } from "vitest";
import type { BoardPanel } from "../../api/messages";
import { changedFile, fileOfBoard, fileOfPanel } from "./filePanels";

const panel = (said: Partial<BoardPanel>): BoardPanel => ({ type: "chart", index: 3, ...said });

test.each([
  [
    panel({ labels: ["loss"], right: ["lr"], at: [0, 0, 6, 4], log_y: true, smoothing: 0 }),
    { chart: ["loss"], right: ["lr"], at: [0, 0, 6, 4], log_y: true, smoothing: 0 },
  ],
  [panel({ pattern: "val/.*", title: "T", section: "S" }), { regex: "val/.*", title: "T", section: "S" }],
  [panel({ expressions: ["a - b"], template: "" }), { expression: ["a - b"] }],
  [panel({ template: "val/(.*)" }), { template: "val/(.*)" }],
  [panel({ type: "item", kind: "images", labels: ["val/pred"], step: 4 }), { images: "val/pred", step: 4 }],
  [panel({ type: "item", kind: "plots", pattern: "roc" }), { plots: { regex: "roc" } }],
  [
    panel({ type: "table", columns: ["lr"], sort: "lr", descending: false }),
    { table: { columns: ["lr"], sort: "lr", descending: false } },
  ],
  [
    panel({ type: "parallel", columns: ["lr", "loss"], colour: "loss" }),
    { parallel: { axes: ["lr", "loss"], colour: "loss" } },
  ],
  [panel({ type: "text", text: "# Hi", id: "top" }), { text: "# Hi", id: "top" }],
])("a panel in its file: %j", (shown, file) => {
  expect(fileOfPanel(shown)).toEqual(file);
});

test("a board in its file is what it says, and its panels", () => {
  const board = {
    title: "B",
    filter: "",
    group_by: ["lr"],
    sections: [{ title: "S" }],
    panels: [panel({ labels: ["a"] })],
  };
  expect(fileOfBoard(board)).toEqual({
    title: "B",
    group_by: ["lr"],
    sections: [{ title: "S" }],
    panels: [{ chart: ["a"] }],
  });
});

test("a board in the address is changed by the same operations as a file", () => {
  const file = { panels: [{ chart: ["a"] }, { chart: ["b"] }] };
  const changed = changedFile(file, [
    { operation: "set", path: ["panels", 1, "at"], value: [0, 0, 2, 2] },
    { operation: "insert", panel: { text: "hi" }, index: 0 },
    { operation: "remove", path: ["panels", 1] },
    { operation: "move", index: 1, to: 0 },
    { operation: "set", path: ["title"], value: "T" },
    { operation: "insert", panel: { text: "end" }, index: null },
    { operation: "remove", path: ["panels", 0, "at"] },
  ]);
  expect(changed).toEqual({ title: "T", panels: [{ chart: ["b"] }, { text: "hi" }, { text: "end" }] });
  expect(file.panels).toHaveLength(2);
  expect(changedFile({}, [{ operation: "set", path: ["panels", 4, "at"], value: 1 }])).toBeNull();
});
