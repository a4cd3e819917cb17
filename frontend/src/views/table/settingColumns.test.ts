import { expect, test } from "vitest";
import { experimentOf } from "../../state/experiment.fixture";
import { shapeOfSettings } from "./settingColumns";

const constants = (...configs: Record<string, unknown>[]) =>
  shapeOfSettings(configs.map((config, index) => experimentOf(`run-${index}`, { config })))
    .filter(({ constant }) => constant)
    .map(({ name }) => name);

test("a setting is constant where all have it, and the same", () => {
  expect(constants({ bs: 32, lr: 0.1, betas: [1, 2] }, { bs: 32, lr: 0.2, betas: [1, 2] })).toEqual([
    "betas",
    "bs",
  ]);
  expect(constants({ bs: 32, seed: 1 }, { bs: 32 })).toEqual(["bs"]);
  expect(constants({ a: 1 }, { a: "1" }, { a: true })).toEqual([]);
});

test("one experiment alone has no constant settings", () => {
  expect(constants({ bs: 32 })).toEqual([]);
});
