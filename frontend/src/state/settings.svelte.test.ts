import { expect, test, vi } from "vitest";
import { openSettings, Setting } from "./settings.svelte";

// jsdom has none.
vi.hoisted(() => {
  window.matchMedia = () =>
    ({ matches: false, addEventListener: () => undefined }) as unknown as MediaQueryList;
});

test("what a person chose is kept for each root by itself", () => {
  const colour = new Setting("colour", "blue");
  openSettings("/data/first");
  colour.value = "red";
  openSettings("/data/second");
  expect(colour.value).toBe("blue");
  colour.value = "green";
  openSettings("/data/first");
  expect(colour.value).toBe("red");
  expect(new Setting("colour", "blue").value).toBe("red");
});
