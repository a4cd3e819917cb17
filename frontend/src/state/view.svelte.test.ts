import { beforeEach, expect, test, vi } from "vitest";
import {
  addressOfPage,
  beginWith,
  choiceParameter,
  filterParameter,
  flagParameter,
  jsonParameter,
  lastingParameters,
  numberParameter,
  readAddress,
  readParameter,
  showPage,
  view,
  writeParameter,
} from "./view.svelte";

const smoothing = numberParameter("scalars.smoothing", 0.6);
const axis = choiceParameter("scalars.x", ["step", "wall"]);
const follow = flagParameter("logs.follow", true);
const filter = filterParameter("images.labels");
const isPair = (value: unknown): value is [number, number] => Array.isArray(value) && value.length === 2;
const zoom = jsonParameter<[number, number] | null>("scalars.zoom", null, isPair, { step: true });

/** As if somebody typed the address or went back to it. */
function visit(hash: string) {
  history.replaceState(null, "", hash);
  dispatchEvent(new PopStateEvent("popstate"));
}

beforeEach(() => visit("#/"));

test("the first page is the overview", () => {
  expect(view.page).toBe("overview");
});

test("an address says page and parameters", () => {
  visit(
    "#/scalars?scalars.smoothing=0.9&scalars.x=wall&logs.follow=0&images.labels=!r:a%2Bb&scalars.zoom=[1,2]",
  );
  expect(view.page).toBe("scalars");
  expect(smoothing.value).toBe(0.9);
  expect(axis.value).toBe("wall");
  expect(follow.value).toBe(false);
  expect(filter.value).toEqual({ text: "a+b", regex: true, negate: true });
  expect(zoom.value).toEqual([1, 2]);
});

test("what means nothing is the fallback", () => {
  visit("#/scalars?scalars.smoothing=much&scalars.x=y&logs.follow=yes&scalars.zoom=[1");
  expect(smoothing.value).toBe(0.6);
  expect(axis.value).toBe("step");
  expect(follow.value).toBe(true);
  expect(zoom.value).toBeNull();
});

test("a change is in the address at once, the last of many when the pointer is let go", async () => {
  vi.useFakeTimers();
  vi.advanceTimersByTime(60_000);
  smoothing.value = 0.5;
  axis.value = "wall";
  await Promise.resolve();
  expect(location.hash).toBe("#/overview?scalars.smoothing=0.5&scalars.x=wall");
  const write = vi.spyOn(history, "replaceState");
  for (let frame = 1; frame <= 30 * 60; frame++) {
    vi.advanceTimersByTime(1000 / 60);
    smoothing.value = frame;
    await Promise.resolve();
    if (frame === 1) expect(write).toHaveBeenCalledTimes(1);
  }
  expect(write.mock.calls.length).toBeLessThan(100);
  dispatchEvent(new Event("pointerup"));
  expect(location.hash).toContain("smoothing=1800");
  smoothing.value = 0.6;
  axis.value = "step";
  vi.runAllTimers();
  expect(location.hash).toBe("#/overview");
  vi.useRealTimers();
});

test("while something is dragged the address waits, and is there when it is let go", async () => {
  vi.useFakeTimers();
  vi.advanceTimersByTime(60_000);
  dispatchEvent(new Event("pointerdown"));
  const write = vi.spyOn(history, "replaceState");
  write.mockClear();
  for (let frame = 1; frame <= 60; frame++) {
    vi.advanceTimersByTime(1000 / 60);
    smoothing.value = frame;
    await Promise.resolve();
  }
  expect(write.mock.calls.length).toBeLessThan(3);
  dispatchEvent(new Event("pointerup"));
  expect(location.hash).toContain("smoothing=60");
  vi.useRealTimers();
});

test("a step can be gone back, a change cannot", () => {
  const before = history.length;
  smoothing.value = 0.7;
  expect(history.length).toBe(before);
  zoom.value = [3, 4];
  expect(history.length).toBe(before + 1);
  expect(location.hash).toContain("scalars.smoothing=0.7");
  zoom.value = [3, 4];
  expect(history.length).toBe(before + 1);
});

test("another page keeps what was chosen and can be gone back from", () => {
  const before = history.length;
  smoothing.value = 0.8;
  showPage("images", { "images.labels": "t:bird" });
  expect(view.page).toBe("images");
  expect(smoothing.value).toBe(0.8);
  expect(filter.matches("birds")).toBe(true);
  expect(history.length).toBe(before + 1);
  expect(addressOfPage("logs")).toBe("#/logs?scalars.smoothing=0.8&images.labels=t%3Abird");
});

test("a broken expression keeps the last result", () => {
  filter.value = { text: "^a", regex: true, negate: false };
  expect(filter.matches("b")).toBe(false);
  filter.value = { text: "^a(", regex: true, negate: false };
  expect(filter.matches("b")).toBe(false);
  expect(filter.matches("a")).toBe(true);
});

test("a parameter may have several values", () => {
  writeParameter("show", ["-t:a", "+=b"]);
  expect(addressOfPage("x")).toBe("#/x?show=-t%3Aa&show=%2B%3Db");
});

test("a visit without parameters begins with those that were kept, another does not", () => {
  const kept = { "scalars.smoothing": ["0.9"], q: ["run"] };
  location.hash = "#/scalars?q=mine";
  readAddress();
  beginWith(kept);
  expect(readParameter("q")).toEqual(["mine"]);
  location.hash = "#/scalars";
  readAddress();
  beginWith(kept);
  expect(readParameter("q")).toEqual(["run"]);
  expect(lastingParameters()).toEqual(kept);
});

test("what is opened is no part of a view that is kept", () => {
  location.hash = "#/images?images.open=a/1/b&files.at=a&images.size=3";
  readAddress();
  expect(lastingParameters()).toEqual({ "images.size": ["3"] });
});

test("the filter of experiments in addresses of before becomes one of today", () => {
  location.hash = "#/scalars?filter=!t:two+words&scalars.smoothing=0.5";
  readAddress();
  expect(readParameter("q")).toEqual(['-"two words"']);
  expect(readParameter("filter")).toEqual([]);
  expect(readParameter("scalars.smoothing")).toEqual(["0.5"]);
});
