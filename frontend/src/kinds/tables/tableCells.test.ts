import { expect, test } from "vitest";
import { asTsv, isNumeric, pictureInCell } from "./tableCells";

test("a cell names a picture by its path from the table", () => {
  const table = { label: "results/best", step: 3 };
  expect(pictureInCell("bird.png", table)).toEqual({ label: "results/bird", step: 3 });
  expect(pictureInCell("./night/a.b.JPG", table)).toEqual({ label: "results/night/a.b", step: 3 });
  expect(pictureInCell("../bird.webp", table)).toEqual({ label: "bird", step: 3 });
});

test("a table without a step names pictures of steps", () => {
  const table = { label: "best", step: null };
  expect(pictureInCell("0012/bird.png", table)).toEqual({ label: "bird", step: 12 });
  expect(pictureInCell("bird.png", table)).toEqual({ label: "bird", step: null });
});

test("what is no picture of the step or the experiment is none", () => {
  const table = { label: "best", step: 1 };
  expect(pictureInCell("../../secret.png", table)).toBeNull();
  expect(pictureInCell("bird", table)).toBeNull();
  expect(pictureInCell(null, table)).toBeNull();
});

test("a column of numbers is numeric, empty cells do not count", () => {
  expect(isNumeric(["1", null, "-2.5e3", "", "nan", "-inf"])).toBe(true);
  expect(isNumeric(["1", "2 m"])).toBe(false);
  expect(isNumeric([null, ""])).toBe(false);
});

test("what is copied has a line a row", () => {
  expect(
    asTsv(
      ["a", "b"],
      [
        ["1", null],
        ["x\ty", "two\nlines"],
      ],
    ),
  ).toBe("a\tb\n1\t\nx y\ttwo lines\n");
});
