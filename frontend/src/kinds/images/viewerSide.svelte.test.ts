import { expect, test } from "vitest";
import { beside, type ViewerSide } from "./viewerSide.svelte";

test("as long as nobody knows which steps there are, a picture stays where it is", () => {
  const chosen = { experiment: "a", step: 10, label: "bird" };
  const side = (steps: ViewerSide["steps"]) => ({ chosen, steps }) as ViewerSide;
  expect(beside(side([]), 1)).toBe(chosen);
  expect(beside(side([[10, 3, 10]]), 1)?.step).toBe(20);
});
