import { expect, test } from "vitest";
import { NO_MEANING } from "./labelDefinitions";
import { goalByName, goalOf, rankResults } from "./resultLabels";

const nothing = () => NO_MEANING;

test.each([
  ["val/loss", "min"],
  ["train/top1_error", "min"],
  ["perplexity", "min"],
  ["valLoss", "min"],
  ["eval/F1", "max"],
  ["metrics/mAP50(B)", "max"],
  ["acc5", "max"],
  ["loss/accuracy", "max"],
  ["r2", "max"],
  ["lr", ""],
  ["glossary", ""],
  ["epoch", ""],
])("%s: %s", (label, goal) => {
  expect(goalByName(label)).toBe(goal);
});

test("what people say of a label counts more than its name", () => {
  expect(goalOf("val/loss", { goal: "max" })).toBe("max");
  expect(goalOf("val/loss", { goal: "" })).toBe("min");
});

test("held-out results stand before those of training, the loss before scores", () => {
  const labels = ["ema/decay", "epoch", "layers/00/grad_norm", "lr", "train/accuracy", "train/loss"];
  expect(rankResults([...labels, "val/accuracy", "val/loss"], [], nothing)).toEqual([
    "val/loss",
    "val/accuracy",
    "train/loss",
    "train/accuracy",
  ]);
});

test("validation before test before what says nothing before training", () => {
  const labels = ["accuracy", "loss", "test/loss", "train/loss", "val/loss"];
  expect(rankResults(labels, [], nothing)).toEqual([
    "val/loss",
    "test/loss",
    "loss",
    "accuracy",
    "train/loss",
  ]);
});

test("what is pinned comes first, as it was pinned, if it is there", () => {
  expect(rankResults(["loss", "lr", "speed"], ["speed", "gone", "lr"], nothing)).toEqual([
    "speed",
    "lr",
    "loss",
  ]);
});

test("a goal that people declare makes a result of any label", () => {
  const meaningOf = (label: string) => ({ goal: label === "tokens/s" ? ("max" as const) : ("" as const) });
  expect(rankResults(["val/loss", "tokens/s"], [], meaningOf)).toEqual(["tokens/s", "val/loss"]);
});

test("a gradient's or a layer's loss is no result", () => {
  expect(rankResults(["layers/1/loss", "loss_scale", "val/loss"], [], nothing)).toEqual(["val/loss"]);
});

test("without any that looks like a result they come as they are", () => {
  expect(rankResults(["a", "b"], [], nothing)).toEqual(["a", "b"]);
  expect(rankResults([], ["a"], nothing)).toEqual([]);
});

test("what the host does is no result unless it is pinned", () => {
  const labels = ["system/cpu/loss", "system/gpu0/accuracy", "lr"];
  expect(rankResults(labels, [], nothing)).toEqual(["lr"]);
  expect(rankResults(labels, ["system/cpu/loss"], nothing)).toEqual(["system/cpu/loss", "lr"]);
});
