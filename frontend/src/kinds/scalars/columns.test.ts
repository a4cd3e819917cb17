import { expect, test } from "vitest";
import { columnsFor, linesToCome } from "./columns";

test("while labels come in, an overview is as coarse from the start as it will be", () => {
  const known = [4, 54, 254, 654, 3000];
  const asked = known.map((count) => columnsFor(400, linesToCome(count, count, 3000 - count)));
  expect(new Set(asked)).toEqual(new Set([40]));
});

test("a label that few experiments have is drawn finely, also while some are not known", () => {
  expect(columnsFor(400, linesToCome(2, 100, 2900))).toBe(400);
  expect(columnsFor(400, linesToCome(2, 3000, 0))).toBe(400);
  expect(linesToCome(0, 0, 3000)).toBe(0);
});
