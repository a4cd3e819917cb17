import { expect, test } from "vitest";
import { groupOf, treeOf } from "./environmentTree";

const names = ["main", "sweep_a", "other_x", "sweep_b"].map((name) => ({ id: name, name }));
const shown = (search: string, open: boolean) =>
  treeOf(names, search, () => open).map((row) =>
    row.is === "group" ? `${row.name}:` : row.environment.name,
  );

test.each([
  ["main", ""],
  ["sweep_a_b", "sweep"],
  ["_a", ""],
  ["x_y/sweep_a", "x_y/sweep"],
])("%s is in the group %s", (name, group) => expect(groupOf(name)).toBe(group));

test("environments that begin alike stand below a head, one alone does not", () => {
  expect(shown("", true)).toEqual(["main", "sweep:", "sweep_a", "sweep_b", "other_x"]);
  expect(shown("", false)).toEqual(["main", "sweep:", "other_x"]);
});

test("a search opens all heads", () => {
  expect(shown("EEP", false)).toEqual(["sweep:", "sweep_a", "sweep_b"]);
  expect(shown("_b", false)).toEqual(["sweep_b"]);
});
