import { expect, test } from "vitest";
import { toCsv } from "./tableFile";

test("numbers have every digit, what is missing is empty", () => {
  expect(
    toCsv(
      ["Name", "loss"],
      [
        ["a", 0.1 + 0.2],
        ["b", null],
        ["c", NaN],
      ],
    ),
  ).toBe("Name,loss\na,0.30000000000000004\nb,\nc,NaN\n");
});

test("commas, quotes and line ends are quoted", () => {
  expect(toCsv(["a,b"], [['say "hi"'], ["two\nlines"], [true]])).toBe(
    '"a,b"\n"say ""hi"""\n"two\nlines"\ntrue\n',
  );
});

test("words do not become formulas", () => {
  expect(toCsv(["x"], [["=1+1"], ["@a"], ["-a"], ["-1.5"], [-1.5]])).toBe("x\n'=1+1\n'@a\n'-a\n-1.5\n-1.5\n");
});
