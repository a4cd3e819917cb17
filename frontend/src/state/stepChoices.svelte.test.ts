import { beforeEach, describe, expect, test } from "vitest";
import { pageStep } from "./pageStep.svelte";
import { StepChoices } from "./stepChoices.svelte";
import { readAddress, readParameter } from "./view.svelte";

const texts = new StepChoices("texts");
const images = new StepChoices("images");

function visit(hash: string) {
  history.replaceState(null, "", hash);
  readAddress();
}

beforeEach(() => visit("#/texts"));

describe("one step for all pages", () => {
  test("the latest, until one is chosen on any page", () => {
    expect(images.of("bird")).toBe("latest");
    texts.linked = 500;
    expect([images.linked, images.of("bird"), pageStep.value]).toEqual([500, 500, 500]);
    expect(readParameter("step")).toEqual(["500"]);
    images.linked = "latest";
    expect(texts.of("summary")).toBe("latest");
    expect(readParameter("step")).toEqual([]);
  });

  test("labels that deviate stay, until all are set back at once", () => {
    texts.setOwn("summary", 3);
    texts.setOwn("title", "latest");
    texts.linked = 500;
    expect([texts.of("summary"), texts.of("title"), texts.of("other")]).toEqual([3, "latest", 500]);
    expect([texts.ownCount, images.ownCount]).toEqual([2, 0]);
    texts.setAllBack();
    expect([texts.ownCount, texts.of("summary")]).toEqual([0, 500]);
  });
});

describe("an address from before", () => {
  test("says the step of its page, which then is that of all", () => {
    visit("#/texts?texts.step=7&images.step=9");
    expect(texts.of("summary")).toBe(7);
    texts.takeOver();
    expect([texts.of("summary"), pageStep.value, images.linked]).toEqual([7, 7, 7]);
    expect(readParameter("texts.step")).toEqual([]);
  });

  test("says nothing where all pages have a step", () => {
    visit("#/texts?step=5&texts.step=7");
    texts.takeOver();
    expect([texts.linked, pageStep.value]).toEqual([5, 5]);
    texts.linked = "latest";
    expect(texts.linked).toBe("latest");
  });
});
