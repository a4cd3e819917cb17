import { expect, test } from "vitest";
import type { Cell } from "../../lib/cells";
import { tellingSettings, usualSettings } from "./settingChoice";

const settings = (all: Record<string, Cell>) => new Map(Object.entries(all));

test("settings that differ come first, names of outputs and what few have last", () => {
  const all = Array.from({ length: 10 }, (_, place) =>
    settings({
      output: `runs/${place}`,
      lr: place,
      opt: place % 2 ? "adam" : "sgd",
      same: 1,
      ...(place < 3 ? { late: 1 } : {}),
    }),
  );
  expect(tellingSettings(all)).toEqual(["lr", "opt", "late", "output"]);
});

test("one experiment differs from nobody", () => {
  expect(tellingSettings([settings({ lr: 1 })])).toEqual([]);
  expect(tellingSettings([])).toEqual([]);
});

test("what few have is no axis at first, unless there is nothing else", () => {
  const all = Array.from({ length: 10 }, (_, place) => settings({ [`only-${place}`]: 1, lr: place }));
  expect(usualSettings(tellingSettings(all).slice(0, 6), all)).toEqual(["lr"]);
  expect(usualSettings(["only-1", "only-2"], all)).toEqual(["only-1", "only-2"]);
});
