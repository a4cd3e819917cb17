import { expect, test } from "vitest";
import { chosen } from "./chosen.svelte";
import { keepColour, chosenColourOf, colourOf } from "./colours.svelte";
import { dispatch } from "./connection.svelte";
import { experimentOf } from "./experiment.fixture";
import { replaceExperiments } from "./experiments.svelte";
import { carryOver } from "./renames.svelte";
import { selection } from "./selection.svelte";
import { readParameter } from "./view.svelte";

const named = (name: string) => ({ id: name, name });

function rename(from: string, to: string): void {
  dispatch({ type: "experiments", sequence: 0, changed: [experimentOf(to)], removed: [from] });
}

test("colour, hidden and chosen state go with an experiment, and back with it", () => {
  replaceExperiments([experimentOf("a"), experimentOf("b")]);
  keepColour("a", "#123456");
  selection.setOne(named("a"), false);
  chosen.choose(["a"], true);

  carryOver("a", "c");
  expect(selection.isOn(named("a"))).toBe(false); // it is there still
  rename("a", "c");
  expect(colourOf("c")).toBe("#123456");
  expect(chosenColourOf("a")).toBeUndefined();
  expect([selection.isOn(named("c")), chosen.has("c"), chosen.has("a")]).toEqual([false, true, false]);
  expect(readParameter("show")).toEqual(["-=c"]);

  rename("c", "a"); // the feed may be sooner than the answer
  carryOver("c", "a");
  expect(colourOf("a")).toBe("#123456");
  expect([selection.isOn(named("a")), chosen.has("a")]).toEqual([false, true]);
});

test("a given colour goes with it, too, and what an earlier one of the name had is forgotten", () => {
  replaceExperiments([experimentOf("x"), experimentOf("y")]);
  dispatch({ type: "experiments", sequence: 0, changed: [experimentOf("x")], removed: [] });
  const before = colourOf("x");
  keepColour("z", "#abcdef");
  carryOver("x", "z");
  rename("x", "z");
  expect(colourOf("z")).toBe(before);
});
