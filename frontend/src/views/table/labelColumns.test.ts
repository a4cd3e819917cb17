import { expect, test } from "vitest";
import { NO_MEANING } from "../../lib/labelDefinitions";
import { experimentOf } from "../../state/experiment.fixture";
import { labelColumn } from "./labelColumns";

const nothing = () => null;

test("a column of a label is asked of the server and read by field", () => {
  const cellOf = (field: string, id: string) => (field === 'last("val/loss")' && id === "a" ? 0.25 : null);
  const column = labelColumn({ label: "val/loss", aspect: "last" }, NO_MEANING, cellOf);
  expect(column.value(experimentOf("a"), 0)).toBe(0.25);
  expect(column.value(experimentOf("b"), 0)).toBeNull();
});

test("the best values of a loss come first with the first click, and its head says why", () => {
  const column = labelColumn({ label: "val/loss", aspect: "last" }, NO_MEANING, nothing);
  expect(column).toMatchObject({ goal: "min", first: "smallest" });
  expect(column.about).toBe("Last value of the scalar val/loss. Smaller is better, by its name");
});

test("a declared goal and unit stand before the name's", () => {
  const meaning = { ...NO_MEANING, goal: "max", unit: "ms" } as const;
  const column = labelColumn({ label: "val/loss", aspect: "best" }, meaning, nothing);
  expect(column).toMatchObject({ goal: "max", first: "largest", unit: "ms", field: 'max("val/loss")' });
  expect(column.exact(0.5)).toBe("0.5\u00a0ms");
});

test("steps have neither goal nor unit, and the earliest come first", () => {
  const meaning = { ...NO_MEANING, goal: "max", unit: "ms" } as const;
  const column = labelColumn({ label: "acc", aspect: "argmax" }, meaning, nothing);
  expect(column).toMatchObject({ goal: "", unit: "", first: "smallest" });
});
