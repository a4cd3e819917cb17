import { expect, test } from "vitest";
import type { BoardPanel } from "../../api/messages";
import { boardFields, panelFields } from "./formFields";

const field = (panel: Partial<BoardPanel>, label: string) =>
  panelFields({ type: "chart", index: 0, ...panel }).find((each) => each.label.startsWith(label))!;

test("what is typed stands in the file as its own type, and nothing where nothing is typed", () => {
  expect(field({ labels: ["a", "b"] }, "Labels").value).toBe("a\nb");
  expect(field({}, "Labels").toFile(" a \n\n b")).toEqual(["a", "b"]);
  expect(field({}, "Labels").toFile("")).toBeUndefined();
  expect(field({ smoothing: 0 }, "Smoothing").value).toBe("0");
  expect(field({}, "Smoothing").toFile("0.6")).toBe(0.6);
  expect(field({}, "Smoothing").toFile("much")).toBe("much");
  expect(field({}, "Logarithmic y").toFile("false")).toBe(false);
  expect(field({ y_range: [0, null] }, "Range").value).toBe("0, ");
  expect(field({}, "Range").toFile("0,")).toEqual([0, null]);
});

test("each panel asks for what it shows, where the file says it", () => {
  const paths = (panel: Partial<BoardPanel>) =>
    panelFields({ type: "chart", index: 0, ...panel }).map(({ path }) => path.join("."));
  expect(paths({ type: "item", kind: "images", labels: ["val/pred"] })).toEqual([
    "title",
    "images",
    "step",
    "filter",
    "section",
  ]);
  expect(paths({ type: "item", kind: "plots", pattern: "roc" })[1]).toBe("plots.regex");
  expect(paths({ type: "table" })).toContain("table.columns");
  expect(paths({ type: "text", text: "" })).toEqual(["title", "text", "section"]);
  expect(boardFields({ title: "T" }).map(({ path }) => path[0])).toContain("group_by");
});
