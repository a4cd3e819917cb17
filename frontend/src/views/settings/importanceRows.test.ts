import { expect, test } from "vitest";
import type { Importance } from "../../api/messages";
import { directionOf, foldRare, importanceRows, reasonOf } from "./importanceRows";

const said = (parts: Partial<Importance>): Importance => ({
  field: "lr",
  n: 30,
  different: 5,
  is_numeric: true,
  correlation: null,
  explained: null,
  forest: null,
  ...parts,
});

test("the most important come first, and what cannot be said last", () => {
  const rows = importanceRows(
    [
      said({ field: "a" }),
      said({ field: "b", correlation: -0.9, explained: 0.2 }),
      said({ field: "c", explained: 0.9 }),
    ],
    new Map([["c", "opt"]]),
  );
  expect(rows.map(({ title }) => title)).toEqual(["opt", "b", "a"]);
  expect(rows.map(({ strength }) => strength?.toFixed(2))).toEqual(["0.90", "0.81", undefined]);
  expect(importanceRows([said({ correlation: 1, forest: -0.01 })], new Map())[0]!.strength).toBe(0);
});

test("directions and reasons are words", () => {
  expect(directionOf(said({ correlation: -0.5 }))).toBe("smaller with more of it");
  expect(directionOf(said({ correlation: 0.05 }))).toBe("");
  expect(reasonOf(said({ n: 12 }), 20)).toBe("needs 20, there are 12");
  expect(reasonOf(said({ different: 1 }), 20)).toBe("the same in all of them");
  expect(reasonOf(said({ is_numeric: false, different: 30 }), 20)).toBe("too many different values");
  expect(reasonOf(said({ explained: 0 }), 20)).toBe("");
});

test("hundreds of settings that few experiments have are a number", () => {
  const rare = (count: number) => Array.from({ length: count }, (_, at) => said({ field: `r${at}`, n: 2 }));
  const rows = (count: number) => importanceRows([said({ correlation: 0.5 }), ...rare(count)], new Map());
  expect(foldRare(rows(3), 20)).toMatchObject({ rows: { length: 4 }, rare: 0 });
  expect(foldRare(rows(300), 20)).toMatchObject({ rows: { length: 1 }, rare: 300 });
});
