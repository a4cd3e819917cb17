import { expect, test } from "vitest";
import { orderOf, rowsFromTo, turned, type TableColumn, type TableSort } from "./columns";

const name: TableColumn = { key: "name", title: "Name", width: 100 };
const size: TableColumn = { ...name, key: "size", numeric: true };

function clicks(column: TableColumn, times: number) {
  let sort: TableSort | null = { column: "another", descending: true };
  return Array.from({ length: times }, () => orderOf((sort = turned(sort, column)), column));
}

test("words are sorted up, down and not at all", () => {
  expect(clicks(name, 4)).toEqual(["ascending", "descending", "none", "ascending"]);
});

test("figures are sorted down first", () => {
  expect(clicks(size, 4)).toEqual(["descending", "ascending", "none", "descending"]);
});

test("figures of which small ones are better are sorted up first", () => {
  expect(clicks({ ...size, first: "smallest" }, 3)).toEqual(["ascending", "descending", "none"]);
});

test("rows have one order at a time", () => {
  expect(orderOf(turned(null, name), size)).toBe("none");
});

test("a range of rows has both its ends, from wherever it was begun", () => {
  expect(rowsFromTo(["a", "b", "c", "d"], 1, 2)).toEqual(["b", "c"]);
  expect(rowsFromTo(["a", "b", "c", "d"], 3, 1)).toEqual(["b", "c", "d"]);
});
