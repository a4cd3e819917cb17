import { expect, test } from "vitest";
import {
  decodeCharts,
  encodeCharts,
  hasPart,
  labelsIn,
  NEW_CHART,
  partsOf,
  titleOfChart,
  togetherOf,
  type CustomChart,
} from "./customCharts";

const FULL: CustomChart = {
  title: "Gap",
  labels: ["train/loss", "val/loss"],
  pattern: "^lr",
  expressions: ['"val/loss" - "train/loss"'],
  x: "relative",
  xLabel: "",
  right: ["val/loss"],
  logY: true,
  smoothing: { weight: 0.9, method: "median" },
  singles: true,
};

test("charts come out of the address as they went in, and are short there", () => {
  const charts = [FULL, { ...NEW_CHART, labels: ["loss"], xLabel: "epoch" }];
  expect(decodeCharts(encodeCharts(charts))).toEqual(charts);
  expect(encodeCharts([{ ...NEW_CHART, labels: ["loss"] }])).toBe('[{"l":["loss"]}]');
});

test.each([
  ["no JSON", "[{", undefined],
  ["no list", '{"l":["loss"]}', undefined],
  ["nothing in it", "[{},7,null]", []],
  ["wrong parts", '[{"l":["loss",7],"x":"nowhere","s":[2,"ema"],"r":"loss","y":true,"t":5}]', ["loss"]],
])("what somebody else wrote there: %s", (_what, text, expected) => {
  const charts = decodeCharts(text);
  if (expected?.[0] === undefined) expect(charts).toEqual(expected);
  else expect(charts).toEqual([{ ...NEW_CHART, labels: expected }]);
});

test("labels, what a regular expression finds, and expressions are drawn, each once", () => {
  const known = ["lr", "train/loss", "val/loss"];
  expect(partsOf({ ...FULL, pattern: "loss$|lr" }, known).map(({ label }) => label)).toEqual([
    "train/loss",
    "val/loss",
    "lr",
    '"val/loss" - "train/loss"',
  ]);
  expect(partsOf({ ...NEW_CHART, pattern: "(" }, known)).toEqual([]);
});

test("new values of an expression's labels change it", () => {
  const part = { label: '"val/loss" / acc', isExpression: true };
  expect(labelsIn(part, ["train/loss", "val/loss", "acc"])).toEqual(["val/loss", "acc"]);
  expect(labelsIn({ label: "acc", isExpression: false }, ["acc"])).toEqual(["acc"]);
});

test("an experiment has a line of an expression if it has all of its labels, just as they stand there", () => {
  const known = ["loss", "train/loss", "val/loss", 'odd "one"'];
  const part = { label: '"train/loss" / "val/loss"', isExpression: true };
  expect(labelsIn(part, known)).toEqual(["train/loss", "val/loss"]);
  expect(labelsIn({ label: 'log("odd \\"one\\"")', isExpression: true }, known)).toEqual(['odd "one"']);
  expect(hasPart(part, known, new Set(["loss", "train/loss"]))).toBe(false);
  expect(hasPart(part, known, new Set(["val/loss", "train/loss"]))).toBe(true);
});

test("a chart is called by what is in it, unless somebody named it", () => {
  expect(titleOfChart(FULL)).toBe("Gap");
  expect(titleOfChart({ ...FULL, title: "", expressions: [] })).toBe("train/loss, val/loss, /^lr/");
  expect(titleOfChart({ ...NEW_CHART, labels: ["reward"], xLabel: "epoch" })).toBe("reward against epoch");
});

test("labels with the same last part are offered together, losses first", () => {
  expect(togetherOf(["train/acc", "val/acc", "train/loss", "lr", "val/loss"])).toEqual([
    { name: "loss", labels: ["train/loss", "val/loss"] },
    { name: "acc", labels: ["train/acc", "val/acc"] },
  ]);
});
