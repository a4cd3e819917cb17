import { expect, test } from "vitest";
import { bestFirst, cellsOf, placeRows, PLACE_COLUMNS, rangeRows, sortedRows } from "./rangeTable";

const nameOf = ({ experiment }: { experiment: string }) => experiment;
const value = (experiment: string, at: number | string, is_here = true) => ({
  experiment,
  label: "loss",
  writer: "",
  step: 7,
  wall_time: 1,
  value: at as number,
  is_here,
  smoothed: null,
});

test("the best stands first by the label's goal, what is no number last either way", () => {
  const rows = placeRows([value("b", 2), value("nan", "nan"), value("a", 1)], nameOf);
  const names = (goal: "min" | "max" | "") => sortedRows(rows, bestFirst(goal, true)).map(({ name }) => name);
  expect([names("min"), names("max"), names("")]).toEqual([
    ["a", "b", "nan"],
    ["b", "a", "nan"],
    ["b", "nan", "a"],
  ]);
  expect(bestFirst("max", false)).toEqual({ column: "maximum", descending: true });
});

test("names are in natural order", () => {
  const rows = placeRows([value("run-10", 1), value("run-9", 1)], nameOf);
  expect(sortedRows(rows, { column: "name", descending: false }).map(({ name }) => name)).toEqual([
    "run-9",
    "run-10",
  ]);
});

test("every digit is copied, and nothing where there is none", () => {
  const rows = placeRows([value("a", 1 / 3, false)], nameOf);
  expect(rows[0]!.isAside).toBe(true);
  expect(cellsOf(rows, PLACE_COLUMNS)).toEqual([
    ["Experiment", "Value", "Step"],
    ["a", "0.3333333333333333", "7"],
  ]);
  const nothing = { first: null, last: null, change: null, minimum: null, maximum: null, mean: null };
  const empty = { step_of_minimum: null, step_of_maximum: null, ...nothing };
  const [row] = rangeRows([{ experiment: "a", label: "loss", writer: "", count: 0, ...empty }], nameOf);
  expect(cellsOf([row!], [{ key: "mean", title: "Mean", width: 1 }])[1]).toEqual([""]);
});
