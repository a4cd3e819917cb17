import { expect, test } from "vitest";
import { beginVisit, resetView } from "./keptView.svelte";
import { setRootSettings } from "./rootSettings.svelte";
import { openSettings } from "./settings.svelte";
import { numberParameter, readAddress, readParameter } from "./view.svelte";
import { linkToView } from "./viewLink";

const smoothing = numberParameter("scalars.smoothing", 0);
const opened = numberParameter("files.at", 0);

setRootSettings({ match: "", labels: [], filters: [], view: { q: ["good"] }, problem: null, media: [] });
openSettings("/log");

async function visit(address: string) {
  location.hash = address;
  readAddress();
  beginVisit();
  await new Promise((resolve) => queueMicrotask(() => resolve(undefined)));
}

test("a plain address begins as the view was left, before that as the root's; any other says all", async () => {
  await visit("#/scalars");
  expect(readParameter("q")).toEqual(["good"]);

  await visit("#/scalars?q=mine");
  await visit("#/scalars");
  expect(readParameter("q")).toEqual(["good"]); // what was only opened is not what was left

  smoothing.value = 0.5;
  opened.value = 3;
  await Promise.resolve();
  await visit("#/overview");
  expect([readParameter("q"), smoothing.value, opened.value]).toEqual([["good"], 0.5, 0]);

  opened.value = 3;
  resetView();
  expect([readParameter("q"), smoothing.value, opened.value]).toEqual([["good"], 0, 3]);
  await visit("#/overview");
  expect(smoothing.value).toBe(0);
});

test("who clears everything begins with nothing, whatever the root says", async () => {
  await visit("#/overview?scalars.smoothing=0.5");
  smoothing.value = 0;
  await Promise.resolve();
  await visit("#/overview");
  expect(readParameter("q")).toEqual([]);
});

test("a link says what is seen, even if that is nothing, and never a token", async () => {
  await visit("#/scalars?scalars.smoothing=0.5");
  expect(linkToView()).toMatch(/#\/scalars\?scalars\.smoothing=0\.5$/);
  smoothing.value = 0;
  expect(linkToView()).toMatch(/#\/scalars\?view=plain$/);
});
