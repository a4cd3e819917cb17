import { expect, test } from "vitest";
import {
  boundsIn,
  textOfLabel,
  textOfSetting,
  valuesIn,
  withBounds,
  withoutTerms,
  withValues,
  withValueToggled,
} from "./filterParts";

test.each([
  ["lr", "lr"],
  ["model.depth", "model.depth"],
  ["status", "config.status"],
  ["run.name", "config.run.name"],
  ["two words", 'config."two words"'],
  ['a"b', 'config."a\\"b"'],
  ["-dash", "config.-dash"],
  ["lr=0.1 or", 'config."lr=0.1 or"'],
])("the setting %s is written %s", (name, written) => {
  expect(textOfSetting(name)).toBe(written);
});

test("a label is written with what its values come to", () => {
  expect(textOfLabel("last", "val/loss")).toBe("last(val/loss)");
  expect(textOfLabel("max", "mAP50(B)")).toBe('max("mAP50(B)")');
});

test("a brush adds terms, and replaces its own", () => {
  expect(withBounds("", "lr", { low: 0.001, high: 0.01 })).toBe("lr>=0.001 lr<=0.01");
  const before = 'lr>=0.5 tag="a b" min(val/loss)<=2';
  expect(withBounds(before, "lr", { low: null, high: 1e-7 })).toBe('tag="a b" min(val/loss)<=2 lr<=1e-7');
  expect(withBounds(before, "lr", { low: null, high: null })).toBe('tag="a b" min(val/loss)<=2');
  expect(boundsIn(before, "lr")).toEqual({ low: 0.5, high: null });
  expect(boundsIn(before, "min(val/loss)")).toEqual({ low: null, high: 2 });
  expect(boundsIn("lr.max>=1 lr>=x", "lr")).toEqual({ low: null, high: null });
});

test("what stands in a filter otherwise is left alone", () => {
  expect(withBounds("a or b", "lr", { low: 1, high: null })).toBe("(a or b) lr>=1");
  expect(withBounds("(a or b) lr>=1", "lr", { low: 2, high: null })).toBe("(a or b) lr>=2");
  expect(withoutTerms("lr>=1 or lr<=0", ["lr"])).toBe("lr>=1 or lr<=0");
  expect(withoutTerms("not lr=1 and b", ["lr"])).toBe("not lr=1 and b");
  expect(withoutTerms("-lr=1 lr>0 lr=2 'lr=3", ["lr"])).toBe("-lr=1 lr>0 'lr=3");
});

test("a click on a category adds it, and takes it out again", () => {
  const one = withValueToggled("x", "opt", "adam");
  expect(one).toBe("x opt=adam");
  const two = withValueToggled(one, "opt", 'say "hi", you');
  expect(two).toBe('x opt=adam,"say \\"hi\\", you"');
  expect(valuesIn(two, "opt")).toEqual(["adam", 'say "hi", you']);
  expect(withValueToggled(two, "opt", "adam")).toBe('x opt="say \\"hi\\", you"');
  expect(withValueToggled("opt=true", "opt", true)).toBe("");
  expect(withValueToggled("", "opt", "")).toBe('opt=""');
  expect(withValues("opt=a b", "opt", [])).toBe("b");
});
