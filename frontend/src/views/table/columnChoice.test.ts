import { expect, test } from "vitest";
import { moveColumn, placedColumns, withColumns, withoutColumns } from "./columnChoice";

const groups = { results: ["last:loss", "last:acc"], settings: ["config:bs", "config:lr"], facts: ["tags"] };
const words = ["status", "results", "settings"];
const keys = (of: readonly string[]) => placedColumns(of, groups).map(({ key }) => key);

test("groups stand for their members", () => {
  expect(keys(words)).toEqual(["status", "last:loss", "last:acc", "config:bs", "config:lr"]);
  expect(placedColumns(words, groups).map(({ group }) => group)).toEqual([
    null,
    "results",
    "results",
    "settings",
    "settings",
  ]);
});

test("new columns come first, and once", () => {
  const more = withColumns(words, ["config:lr", "mean:loss"]);
  expect(keys(more)).toEqual(["config:lr", "mean:loss", "status", "last:loss", "last:acc", "config:bs"]);
});

test("a column that is taken away stays away, and can come back", () => {
  const less = withoutColumns(words, ["config:bs", "status"], groups);
  expect(less).toEqual(["results", "settings", "-config:bs"]);
  expect(keys(less)).toEqual(["last:loss", "last:acc", "config:lr"]);
  expect(withColumns(less, ["config:bs"])).toEqual(["config:bs", "results", "settings"]);
});

test("a column that was wanted for itself leaves no word behind", () => {
  expect(withoutColumns(["mean:loss", "results"], ["mean:loss"], groups)).toEqual(["results"]);
});

test("what is moved into a group stands between its members", () => {
  const shown = keys(words);
  const moved = moveColumn(words, groups, shown, "status", "config:lr");
  expect(keys(moved)).toEqual(["last:loss", "last:acc", "config:bs", "status", "config:lr"]);
  expect(moved).toEqual(["results", "config:bs", "status", "settings"]);
});

test("a member of a group moves to the front, to the end and within", () => {
  const shown = keys(words);
  expect(keys(moveColumn(words, groups, shown, "config:lr", "status"))[0]).toBe("config:lr");
  expect(keys(moveColumn(words, groups, shown, "last:loss", null)).at(-1)).toBe("last:loss");
  expect(keys(moveColumn(words, groups, shown, "last:acc", "last:loss"))).toEqual([
    "status",
    "last:acc",
    "last:loss",
    "config:bs",
    "config:lr",
  ]);
});

test("members that are not seen stay in their group", () => {
  const moved = moveColumn(words, groups, ["status", "config:lr"], "status", "config:lr");
  expect(moved).toEqual(["results", "status", "settings"]);
});

test("onto itself nothing changes", () => {
  expect(moveColumn(words, groups, keys(words), "status", "status")).toEqual(words);
});

test("words that mean no column are columns of which nothing is known", () => {
  expect(placedColumns(["oops"], groups)).toEqual([{ key: "oops", group: null }]);
});
