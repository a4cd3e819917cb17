import { flushSync } from "svelte";
import { expect, test } from "vitest";
import type { ExperimentSummary, LabelDefinition } from "../api/messages";
import { replaceExperiments } from "./experiments.svelte";
import { labelDefinitions } from "./labelDefinitions.svelte";
import { setRootSettings } from "./rootSettings.svelte";

function run(name: string, labels: LabelDefinition[]): ExperimentSummary {
  return { id: name, name, labels } as ExperimentSummary;
}

function declare(labels: LabelDefinition[]) {
  setRootSettings({ match: "m", labels, filters: [], view: {}, problem: null, media: [] });
}

test("the root's file stands before the scripts, and those in the order of the experiments", () => {
  replaceExperiments([
    run("b", [{ pattern: "loss", goal: "max", unit: "s" }]),
    run("a", [{ pattern: "*", goal: "min", description: "Of a." }]),
    run("c", []),
  ]);
  declare([{ pattern: "l*", unit: "nats" }]);
  flushSync();
  const meaning = { goal: "min", unit: "nats", x: "", description: "Of a." };
  expect(labelDefinitions.meaningOf("loss")).toEqual(meaning);
  expect(labelDefinitions.meaningWithout("l*", "loss")).toEqual({ ...meaning, unit: "s" });
  expect(labelDefinitions.ownOf("l*")).toEqual({ pattern: "l*", unit: "nats" });
  expect(labelDefinitions.ownOf("loss")).toBeUndefined();
});

test("a row that says the same again changes nothing for who asks", () => {
  declare([]);
  replaceExperiments([run("a", [{ pattern: "loss", goal: "min" }])]);
  const before = labelDefinitions.meaningOf("loss");
  replaceExperiments([run("a", [{ pattern: "loss", goal: "min" }])]);
  expect(labelDefinitions.meaningOf("loss")).toBe(before);
  declare([{ pattern: "loss", goal: "max" }]);
  expect(labelDefinitions.meaningOf("loss").goal).toBe("max");
});
