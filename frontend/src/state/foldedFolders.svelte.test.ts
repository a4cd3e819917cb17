import { beforeEach, expect, test, vi } from "vitest";
import { experimentOf } from "./experiment.fixture";
import { replaceExperiments } from "./experiments.svelte";
import { foldedFolders } from "./foldedFolders.svelte";
import { openSettings } from "./settings.svelte";

// jsdom has none.
vi.hoisted(() => {
  window.matchMedia = () =>
    ({ matches: false, addEventListener: () => undefined }) as unknown as MediaQueryList;
});

beforeEach(() => {
  localStorage.clear();
  openSettings("/data/first");
});

test("what is folded is kept, for each root by itself", () => {
  foldedFolders.set("a", true);
  foldedFolders.set("a", true);
  expect([foldedFolders.has("a"), foldedFolders.has("b")]).toEqual([true, false]);
  openSettings("/data/second");
  expect(foldedFolders.has("a")).toBe(false);
  openSettings("/data/first");
  foldedFolders.set("a", false);
  expect(foldedFolders.has("a")).toBe(false);
});

test("folders that come are folded where all were, but for those that were opened", () => {
  foldedFolders.setAll(true);
  foldedFolders.set("a", false);
  expect([foldedFolders.has("a"), foldedFolders.has("later")]).toEqual([false, true]);
  foldedFolders.setAll(false);
  expect([foldedFolders.has("a"), foldedFolders.has("later")]).toEqual([false, false]);
});

test("heads are those of all experiments, whatever a filter leaves", () => {
  replaceExperiments(["s%2Fa", "s%2Fb", "one%2Fa", "flat"].map((id) => experimentOf(id)));
  expect([...foldedFolders.headed]).toEqual(["s"]);
});
