import { expect, test } from "vitest";
import type { Tensor } from "../../api/messages";
import { countText, differencesText, otherKey, otherOf, shapeText, tensorRows } from "./tensorRows";

const tensor = (name: string, ...shape: number[]): Tensor => ({
  name,
  dtype: "float32",
  shape,
  size_bytes: null,
});

test("nothing differs where nothing is compared", () => {
  expect(tensorRows([tensor("a", 2)], null)).toEqual([
    { name: "a", tensor: tensor("a", 2), other: null, difference: null },
  ]);
});

test("what came, went and changed its shape or type is told", () => {
  const bfloat = { ...tensor("type", 2), dtype: "bfloat16" };
  const rows = tensorRows(
    [tensor("same", 2), tensor("new", 3), tensor("shape", 4, 2), tensor("type", 2)],
    [tensor("gone", 1), bfloat, tensor("shape", 2, 4), tensor("same", 2)],
  );
  expect(rows.map(({ name, difference }) => [name, difference])).toEqual([
    ["same", "same"],
    ["new", "added"],
    ["shape", "changed"],
    ["type", "changed"],
    ["gone", "removed"],
  ]);
  expect(differencesText(rows)).toBe("1 added, 1 removed, 2 changed");
  expect(differencesText(rows.slice(0, 1))).toBe("the same names, shapes and types");
});

test.each([
  [139, "139"],
  [999, "999"],
  [1_236_000, "1.24 M"],
  [999_600, "1.00 M"],
  [70_553_706_496, "70.6 B"],
])("%s numbers are %s", (count, text) => expect(countText(count)).toBe(text));

test("a shape without dimensions is a scalar", () => {
  expect([shapeText([3, 4]), shapeText([])]).toEqual(["3 × 4", "scalar"]);
});

test("another model can stand in an address", () => {
  for (const other of [
    { label: "a b", step: 3 },
    { label: "best", step: null },
  ])
    expect(otherOf(otherKey(other))).toEqual(other);
  expect(otherOf("nothing")).toBeNull();
});
