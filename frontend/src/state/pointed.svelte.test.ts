import { expect, test } from "vitest";
import { point, pointed, pointing } from "./pointed.svelte";

function elementOf(at: string | string[]) {
  const element = document.createElement("div");
  const end = pointing(at)(element);
  const hear = (type: string) => element.dispatchEvent(new Event(type));
  return { hear, end: () => end?.() };
}

test("an element is pointed at until the pointer leaves it", async () => {
  const { hear } = elementOf("a");
  hear("pointerenter");
  expect(pointed.experiment).toBe("a");
  hear("pointerleave");
  await Promise.resolve();
  expect(pointed.experiment).toBeNull();
});

test("who leaves late does not take away what is pointed at meanwhile", async () => {
  const [a, b] = [elementOf("a"), elementOf("b")];
  a.hear("pointerenter");
  b.hear("pointerenter");
  a.hear("pointerleave");
  await Promise.resolve();
  expect(pointed.experiment).toBe("b");
  b.hear("pointerleave");
  await Promise.resolve();
});

test("what is gone is not pointed at", async () => {
  const { hear, end } = elementOf("a");
  hear("pointerenter");
  end();
  await Promise.resolve();
  expect(pointed.experiments.size).toBe(0);
});

test("several are pointed at at once", () => {
  point(["a", "b"]);
  expect(pointed.experiment).toBeNull();
  expect([...pointed.experiments]).toEqual(["a", "b"]);
  point(null);
});
