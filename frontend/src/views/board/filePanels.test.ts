import { expect, test } from "vitest";
import type { BoardPanel } from "../../api/messages";
import { fileOfPanel } from "./filePanels";

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
