import { expect, test } from "vitest";
import {
  boundsOf,
  comparisonOf,
  fieldsChosen,
  hasValue,
  isChosen,
  toggleValue,
  valuesOf,
  withBounds,
  withoutField,
} from "./facetTerms";

test("a term is taken apart where it compares", () => {
  expect(comparisonOf("opt=adamw,lion")).toEqual({ field: "opt", operator: "=", values: ["adamw", "lion"] });
  expect(comparisonOf('config."a b"="x, y",z')).toEqual({
    field: 'config."a b"',
    operator: "=",
    values: ['"x, y"', "z"],
  });
  expect(comparisonOf("min(val/loss)<=0.3")).toEqual({
    field: "min(val/loss)",
    operator: "<=",
    values: ["0.3"],
  });
  for (const term of ["resnet", "has(lr)", "-tag=bad", "lr=1 or lr=2", '"a=b"']) {
    expect(comparisonOf(term)).toBeNull();
  }
});

test("values of one field are alternatives, and a second click takes them out", () => {
  const one = toggleValue("resnet", "opt=adamw");
  expect(one).toBe("resnet opt=adamw");
  const both = toggleValue(`${one} -tag=bad`, "opt=lion");
  expect(both).toBe("resnet opt=adamw,lion -tag=bad");
  expect(hasValue(both, "opt=LION")).toBe(true);
  expect(toggleValue(both, "opt=adamw")).toBe("resnet opt=lion -tag=bad");
  expect(toggleValue("opt=lion", "opt=lion")).toBe("");
  expect(toggleValue("a or b", "opt=lion")).toBe("(a or b) opt=lion");
});

test("a value is the same however it is written", () => {
  expect(hasValue("config.lr=0.010", "lr=0.01")).toBe(true);
  expect(toggleValue("lr=0.010", "lr=0.01")).toBe("");
  expect(toggleValue('tag="two words"', 'tag="two words"')).toBe("");
  expect(hasValue("lr=0.01 or lr=0.1", "lr=0.1")).toBe(false);
  expect(valuesOf("lr=1 lr=2", "lr")).toEqual(["1", "2"]);
});

test("bounds are two terms", () => {
  const within = withBounds("a", "lr", { low: "0.01", high: "0.1" });
  expect(within).toBe("a lr>=0.01 lr<=0.1");
  expect(boundsOf(within, "lr")).toEqual({ low: "0.01", high: "0.1" });
  expect(withBounds(within, "lr", { low: "", high: "0.2" })).toBe("a lr<=0.2");
  expect(withBounds(within, "lr", { low: "", high: "" })).toBe("a");
});

test("a facet is counted without its own terms, and only without these", () => {
  expect(withoutField("lr>=0.1 opt=a lr!=3 resnet", "lr")).toBe("opt=a lr!=3 resnet");
  expect(isChosen("lr!=3", "lr")).toBe(false);
  expect(isChosen("lr<=3", "lr")).toBe(true);
});

test("fields that have terms are known", () => {
  expect(fieldsChosen("lr>=0.1 lr<=1 opt=a,b min(loss)<=1 seed<3 -tag=x resnet")).toEqual(["lr", "opt"]);
});
