import { expect, test } from "vitest";
import type { FolderEntry } from "../api/messages";
import { crumbsOf, placeAt, rowOfExperiment, rowsOfFolder, sortRows } from "./folderRows";

const entry = (name: string, more: Partial<FolderEntry> = {}): FolderEntry => ({
  name,
  path: name,
  is_folder: false,
  size_bytes: 0,
  modified: 0,
  kinds: [],
  note: "",
  ...more,
});
const rows = rowsOfFolder("run", [
  entry("b10", { size_bytes: 1, modified: 3 }),
  entry("b2", { size_bytes: 1, modified: 4 }),
  entry("a", { size_bytes: 2, modified: 5 }),
  entry("z", { is_folder: true, modified: 9 }),
]);
const sorted = (column: string, descending = false) =>
  sortRows(rows, { column, descending })
    .map(({ name }) => name)
    .join(" ");

test.each([
  ["", null],
  ["/0001", null],
  ["run", { experiment: "run", path: "" }],
  ["run/0001/a%2Fb", { experiment: "run", path: "0001/a%2Fb" }],
])("the place at %o", (at, place) => {
  expect(placeAt(at)).toEqual(place);
});

test("the way to a folder begins at the root and names the experiment", () => {
  expect(crumbsOf("r%2F1/0001/b%20c", "log", (id) => (id === "r%2F1" ? "r/1" : undefined))).toEqual([
    { name: "log", at: "" },
    { name: "r/1", at: "r%2F1" },
    { name: "0001", at: "r%2F1/0001" },
    { name: "b c", at: "r%2F1/0001/b%20c" },
  ]);
});

test("an experiment that is not known is named by its id", () => {
  expect(crumbsOf("b%20c", "log", () => undefined).at(-1)?.name).toBe("b c");
});

test("a row leads to its place, an experiment's to the folder of the experiment", () => {
  expect(rows[0]?.at).toBe("run/b10");
  expect(rowOfExperiment({ id: "run", name: "Run", changed: 7 })).toMatchObject({
    at: "run",
    is_folder: true,
    modified: 7,
  });
});

test("rows stand by name as people count, if nothing else is wanted, folders first", () => {
  expect(sortRows(rows, null).map(({ name }) => name)).toEqual(["z", "a", "b2", "b10"]);
});

test.each([
  ["name", false, "z a b2 b10"],
  ["name", true, "z b10 b2 a"],
  ["size", false, "z b2 b10 a"],
  ["size", true, "z a b2 b10"],
  ["modified", false, "z b10 b2 a"],
  ["modified", true, "z a b2 b10"],
] as const)("sorted by %s, descending %s: %s", (column, descending, expected) => {
  expect(sorted(column, descending)).toBe(expected);
});
