import { expect, test } from "vitest";
import type { Facet } from "../api/messages";
import { allButSeeds, fieldOfSetting, groupFieldsOf, groupWords } from "./groupFields";

const facetOf = (field: string, values = 2, more = 0): Facet => ({
  field,
  written: field,
  values: Array.from({ length: values }, (_, number) => ({ shown: `${number}`, term: "", count: 1 })),
  more,
  low: null,
  high: null,
});

test("settings come first; one that is called like something else stands for the setting", () => {
  const facets = [facetOf("status"), facetOf("tag"), facetOf("lr", 20, 3), facetOf("status"), facetOf("a b")];
  const fields = groupFieldsOf(facets, []);
  expect(fields.map(({ field, title }) => [field, title])).toEqual([
    ["lr", "lr"],
    ["config.status", "status"],
    ['"a b"', "a b"],
    ["status", "Status"],
    ["tag", "Tags"],
  ]);
  expect(fields[0]!.values).toBe(23);
});

test("what is chosen can be taken back although it does not differ", () => {
  const fields = groupFieldsOf([facetOf("lr")], ["lr", 'config."run.x"', "tag"]);
  expect(fields.map(({ title }) => title)).toEqual(["lr", "run.x", "Tags"]);
});

test("all but the seeds are settings that repeat; without a seed there are none", () => {
  const facets = [facetOf("folder"), facetOf("lr"), facetOf("train.seed"), facetOf("out_dir", 0, 30)];
  expect(allButSeeds(groupFieldsOf(facets, []))).toEqual(["lr"]);
  expect(allButSeeds(groupFieldsOf([facetOf("lr"), facetOf("seeded")], []))).toEqual([]);
  const many = [facetOf("random_state"), ...Array.from({ length: 30 }, (_, each) => facetOf(`x${each}`))];
  expect(allButSeeds(groupFieldsOf(many, []))).toHaveLength(20);
});

test("names of settings become fields of the filter", () => {
  expect(["lr", "a=b", "duration", "run.lr"].map(fieldOfSetting)).toEqual([
    "lr",
    '"a=b"',
    "config.duration",
    "config.run.lr",
  ]);
});

test("a button says what is grouped by", () => {
  const words = (by: string[], pattern = "", folder = false) => groupWords({ by, pattern, folder });
  expect(words([])).toBe("");
  expect(words(["lr"])).toBe("By lr");
  expect(words(['config."a b"', "tag"])).toBe("By a b, tags");
  expect(words(["lr"], "seed", true)).toBe("By lr, folder, 1 more");
  expect(words([], "seed")).toBe("By name");
});
