import { expect, test } from "vitest";
import { rangeBetween, spanOf } from "./rangeArea";
import type { Scale } from "./lines";

const x: Scale = { range: [0, 10], log: false, from: 0, to: 100 };

test("a drag along the axis is a range, a click one place; steps are whole", () => {
  expect(rangeBetween(x, 71, 12, true)).toEqual([1, 7]);
  expect(rangeBetween(x, 12, 14, true)).toEqual([1, 1]);
  expect(rangeBetween(x, -50, 500, false)).toEqual([0, 10]);
});

test("a range is shown as far as the axis reaches", () => {
  expect(spanOf(x, [2, 4])).toEqual({ left: 20, width: 20 });
  expect(spanOf(x, [-5, 4])).toEqual({ left: 0, width: 40 });
  expect(spanOf(x, [3, 3])).toEqual({ left: 30, width: 0 });
  expect(spanOf(x, [11, 12])).toBeNull();
});
