import { expect, test } from "vitest";
import { readSettingCell } from "./settingCells";

test.each([
  [null, null],
  ["null", null],
  ["nan", NaN],
  ["-inf", -Infinity],
  ["1e-3", 0.001],
  ["", ""],
  ["0x10", "0x10"],
  [true, true],
  [["a", 1], "a, 1"],
  ["[0.9, 0.999]", "[0.9, 0.999]"],
] as const)("%s is %s", (answered, cell) => {
  expect(readSettingCell(answered as Parameters<typeof readSettingCell>[0])).toBe(cell);
});
