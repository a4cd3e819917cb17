import { expect, test } from "vitest";
import { inOneOrder, inSections, restOf, sectionOf } from "./labelOrder";

const rows = (...labels: string[]) => labels.map((label) => ({ label }));

test("a section is the first part of a label", () => {
  expect([sectionOf("train/head/loss"), restOf("train/head/loss")]).toEqual(["train", "head/loss"]);
  expect([sectionOf("loss"), restOf("loss")]).toEqual(["", "loss"]);
});

test("what the host does comes last", () => {
  const all = rows("system/cpu/run_cores", "zoom/loss", "zz/a", "val/loss");
  expect(inSections(all).map(({ name }) => name)).toEqual(["val", "zoom", "zz", "system"]);
});

test("validation, training and losses come first, the rest in natural order", () => {
  const all = rows(
    "layer10/norm",
    "layer9/norm",
    "lr",
    "loss",
    "train/loss",
    "val/loss",
    "aux_loss/a",
    "ema/x",
  );
  expect(inSections(all).map(({ name }) => name)).toEqual([
    "val",
    "train",
    "",
    "aux_loss",
    "ema",
    "layer9",
    "layer10",
  ]);
  expect(
    inOneOrder(rows("train/b", "val/x", "train/acc", "train/loss", "train/a")).map(({ label }) => label),
  ).toEqual(["val/x", "train/loss", "train/acc", "train/a", "train/b"]);
});

test("a name that only begins alike is no validation, a word that holds one no loss", () => {
  expect(inSections(rows("value/x", "a/x", "trainer/x", "glossy/x")).map(({ name }) => name)).toEqual([
    "a",
    "glossy",
    "trainer",
    "value",
  ]);
});
