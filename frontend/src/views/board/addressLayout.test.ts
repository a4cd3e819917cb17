import { expect, test } from "vitest";
import { rectanglesOf } from "./addressLayout";

const NONE = { rows: "", cols: "", width: "", height: "" };

test("the documented rows: widths within each row, heights of the rows", () => {
  expect(rectanglesOf({ ...NONE, rows: "A,B;C", width: "1,2,1", height: "1,2" })).toEqual([
    { name: "A", left: 0, top: 0, width: 1 / 3, height: 1 / 3 },
    { name: "B", left: 1 / 3, top: 0, width: 2 / 3, height: 1 / 3 },
    { name: "C", left: 0, top: 1 / 3, width: 1, height: 2 / 3 },
  ]);
});

test("the documented columns: heights within each column, widths of the columns", () => {
  expect(rectanglesOf({ ...NONE, cols: "A,B;C", width: "2,1", height: "1,2,1" })).toEqual([
    { name: "A", left: 0, top: 0, width: 2 / 3, height: 1 / 3 },
    { name: "B", left: 0, top: 1 / 3, width: 2 / 3, height: 2 / 3 },
    { name: "C", left: 2 / 3, top: 0, width: 1 / 3, height: 1 },
  ]);
});

test("without sizes all have the same", () => {
  expect(rectanglesOf({ ...NONE, rows: "A; B ,C" })).toEqual([
    { name: "A", left: 0, top: 0, width: 1, height: 0.5 },
    { name: "B", left: 0, top: 0.5, width: 0.5, height: 0.5 },
    { name: "C", left: 0.5, top: 0.5, width: 0.5, height: 0.5 },
  ]);
  expect(rectanglesOf(NONE)).toBeNull();
});

test.each([
  [{ rows: "A", cols: "B" }, /both rows and cols/],
  [{ rows: "A,,B" }, /rows: a name is missing/],
  [{ cols: "A;" }, /cols: a name is missing/],
  [{ rows: "A,B", width: "1" }, /width=1: 1 sizes for 2; there is one for each panel/],
  [{ cols: "A;B", width: "1,2,3" }, /width=1,2,3: 3 sizes for 2; there is one for each col/],
  [{ rows: "A,B", width: "1,-2" }, /numbers above 0/],
  [{ rows: "A", height: "many" }, /height=many/],
  [{ rows: Array(300).fill("A").join(",") }, /300 panels are too many/],
])("what is no layout is said: %j", (words, reason) => {
  expect(rectanglesOf({ ...NONE, ...words })).toMatch(reason);
});
