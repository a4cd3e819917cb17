import { expect, test } from "vitest";
import { folderOf, groupByFolder, labelOfPath, nameOf } from "./labels";

test("a label's folder and name", () => {
  expect([folderOf("a/b/c"), nameOf("a/b/c")]).toEqual(["a/b", "c"]);
  expect([folderOf("loss"), nameOf("loss")]).toEqual(["", "loss"]);
});

test("labels stand under their folders in natural order", () => {
  const rows = ["b/10", "b/9", "loss", "a/x"].map((label) => ({ label }));
  expect(groupByFolder(rows).map((group) => [group.folder, group.rows.map(({ label }) => label)])).toEqual([
    ["", ["loss"]],
    ["a", ["a/x"]],
    ["b", ["b/9", "b/10"]],
  ]);
});

test.each([
  ["0001/train/bird.png", "train/bird"],
  ["0001/a.tar.gz", "a.tar"],
  ["0001/loss.plotly.json", "loss"],
  ["0001/loss.plotly.jsonl", "loss"],
  ["0001/bird.mask.png", "bird"],
  ["0001/train/bird.MASK-truth_2.PNG", "train/bird"],
  ["0001/bird.masks.png", "bird.masks"],
  ["other/0001/still-global.md", "other/0001/still-global"],
  ["12345678901234567/a.md", "12345678901234567/a"],
  ["9007199254740992/a.md", "9007199254740992/a"],
  ["0001", "0001"],
  ["v1.2/notes", "v1.2/notes"],
])("the file %s has the label %s", (path, label) => {
  expect(labelOfPath(path)).toBe(label);
});
