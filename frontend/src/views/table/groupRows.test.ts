import { expect, test } from "vitest";
import type { Group } from "../../api/messages";
import { experimentOf } from "../../state/experiment.fixture";
import { groupCell, groupRows, isGroup, plusMinus } from "./groupRows";

const group = (title: string, ...experiments: string[]): Group => ({
  title,
  key: [],
  experiments,
  spreads: [],
});
const groups = [group("lr=0.1", "a", "b"), group("lr=0.01", "c"), group("without lr", "d")];
const values = new Map<string, number | null>([
  ["a", 3],
  ["b", 5],
  ["c", 1],
  ["d", null],
]);
const members = ({ experiments }: Group) => experiments.map((id) => experimentOf(id));
const order = { value: ({ id }: { id: string }) => values.get(id) ?? null, descending: false };

function titles(unfolded: string[], by: typeof order | null) {
  return groupRows(groups, members, (title) => unfolded.includes(title), by, "mean").map((row) =>
    isGroup(row) ? row.group.title : row.id,
  );
}

test("groups stand in the order of their averages, those without one last", () => {
  expect(titles([], null)).toEqual(["lr=0.1", "lr=0.01", "without lr"]);
  expect(titles([], order)).toEqual(["lr=0.01", "lr=0.1", "without lr"]);
  expect(titles([], { ...order, descending: true })).toEqual(["lr=0.1", "lr=0.01", "without lr"]);
});

test("members stand below a group that is unfolded", () => {
  expect(titles(["lr=0.1"], order)).toEqual(["lr=0.01", "lr=0.1", "a", "b", "without lr"]);
});

test("a group's cell is what all have, the average with its band, or how many values there are", () => {
  expect(groupCell([0.1, 0.1], "mean", "deviation").shown).toBe("0.1");
  expect(groupCell([1, 3, null], "mean", "deviation")).toEqual({
    shown: "2.0 ± 1.4",
    missing: 1,
    exact: `mean 2\nstandard deviation: ${Math.SQRT2}\nn = 2`,
  });
  expect(groupCell([1, 2, 3, 10], "median", "quartiles").shown).toBe("2.5 (1.75 to 4.75)");
  expect(groupCell([1, 3], "mean", "none").shown).toBe("2");
  expect(groupCell(["adam", "sgd", "sgd"], "mean", "deviation")).toEqual({
    shown: "2 values",
    missing: 0,
    exact: "adam, sgd",
  });
  expect(groupCell([null, null], "mean", "deviation")).toEqual({ shown: "", missing: 0, exact: "" });
  expect(groupCell([1, NaN, 3], "mean", "none")).toEqual({ shown: "2", missing: 1, exact: "mean 2\nn = 2" });
});

test("durations keep their form in a group's cell", () => {
  const show = (cell: unknown) => `${String(cell)} s`;
  expect(groupCell([1, 3], "mean", "range", show).shown).toBe("2 s (1 s to 3 s)");
});

test.each([
  [0.61321, 0.00871, "0.6132 ± 0.0087"],
  [1234.5, 56.7, "1235 ± 57"],
  [-2, 0.5, "−2.00 ± 0.50"],
  [1, 0, "1 ± 0"],
  [1e9, 1e8, "1e9 ± 1e8"],
])("%d ± %d reads %s", (middle, half, text) => {
  expect(plusMinus(middle, half)).toBe(text);
});
