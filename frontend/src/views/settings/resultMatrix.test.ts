import { expect, test } from "vitest";
import { matrixOf, type MatrixEntry } from "./resultMatrix";

const entry = (
  id: string,
  row: MatrixEntry["row"],
  column: MatrixEntry["column"],
  result: MatrixEntry["result"],
) => ({
  id,
  row,
  column,
  result,
});
const ENTRIES = [
  entry("a", "adam", 0.1, 3),
  entry("b", "adam", 0.1, 1),
  entry("c", "adam", 0.01, NaN),
  entry("d", null, 0.01, 7),
];

test("each cell has the best of its experiments, and how many there are", () => {
  const { rows, columns, cells } = matrixOf(ENTRIES, "best", "min");
  expect(rows.map(({ label }) => label)).toEqual(["adam", "no value"]);
  expect(columns.map(({ label }) => label)).toEqual(["0.01", "0.1"]);
  expect(cells[0]![1]).toMatchObject({
    n: 2,
    counted: 2,
    result: 1,
    experiment: "b",
    experiments: ["a", "b"],
  });
  expect(cells[0]![0]).toMatchObject({ n: 1, counted: 0, result: null, experiment: null });
  expect(cells[1]!.map(({ result }) => result)).toEqual([7, null]);
  expect(matrixOf(ENTRIES, "best", "max").cells[0]![1]!.result).toBe(3);
  expect(matrixOf(ENTRIES, "mean", "min").cells[0]![1]).toMatchObject({ result: 2, experiment: null });
});

test("many numbers are ranges whose ends are values", () => {
  const entries = Array.from({ length: 100 }, (_, place) => entry(`${place}`, place, "x", place));
  const { rows, cells } = matrixOf(entries, "best", "max");
  expect(rows).toHaveLength(8);
  expect(rows[0]).toEqual({ label: "0 to 12", value: null, bounds: { low: 0, high: 12 } });
  expect(cells.flat().reduce((sum, { n }) => sum + n, 0)).toBe(100);
  expect(cells[7]![0]!.result).toBe(99);
});

test("of very many categories the first are shown, and nobody is no matrix", () => {
  const entries = Array.from({ length: 50 }, (_, place) => entry(`${place}`, "x", `c${place}`, 1));
  const { columns, left } = matrixOf(entries, "best", "");
  expect([columns.length, left.columns]).toEqual([40, 10]);
  expect(matrixOf([], "mean", "").cells).toEqual([]);
});
