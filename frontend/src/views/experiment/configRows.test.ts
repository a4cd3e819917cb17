import { expect, test } from "vitest";
import { compareValues, MOST_ROWS, treeOf, valuesOf } from "./configRows";

const CONFIG = { lr: 0.1, optimizer: { name: "adam", betas: [0.9, 0.99], extra: {} }, seed: null };

test("a configuration is a tree in the order of its file", () => {
  expect(treeOf(CONFIG).map(({ path, depth, value }) => [path, depth, value])).toEqual([
    ["lr", 0, "0.1"],
    ["optimizer", 0, null],
    ["optimizer.name", 1, "adam"],
    ["optimizer.betas", 1, "[0.9,0.99]"],
    ["optimizer.extra", 1, "{}"],
    ["seed", 0, "null"],
  ]);
});

test("what is searched for is found in paths and values, with what it stands in", () => {
  expect(treeOf(CONFIG, "ADAM").map(({ path }) => path)).toEqual(["optimizer", "optimizer.name"]);
  expect(treeOf(CONFIG, "seed").map(({ path }) => path)).toEqual(["seed"]);
  expect(treeOf(CONFIG, "nothing")).toEqual([]);
});

test("more settings than anybody reads are left out", () => {
  const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`key${index}`, index]));
  expect(treeOf(many)).toHaveLength(MOST_ROWS);
  expect(treeOf(many, "key9999")).toHaveLength(1);
});

test("several configurations stand beside each other, and what differs is known", () => {
  const rows = compareValues([valuesOf(CONFIG), valuesOf({ lr: 0.1, optimizer: { name: "sgd" } })]);
  expect(rows.find(({ path }) => path === "lr")).toEqual({
    path: "lr",
    values: ["0.1", "0.1"],
    differs: false,
  });
  expect(rows.find(({ path }) => path === "optimizer.name")?.differs).toBe(true);
  expect(rows.find(({ path }) => path === "seed")?.values).toEqual(["null", null]);
});
