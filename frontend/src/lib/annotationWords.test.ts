import { expect, test } from "vitest";
import { aboutOf, placeOf } from "./annotationWords";

const written = { step: 1000, end_step: null, label: "", author: "ann", time: 1.7e9 };

test("all is said: author, time, experiment and place", () => {
  expect(aboutOf(written, "run a")).toMatch(/^ann · \d{4}-\d\d-\d\d \d\d:\d\d:\d\d · run a · step 1,000$/);
  expect(aboutOf({ ...written, author: "", time: 0 }, "run a")).toBe("run a · step 1,000");
  expect(placeOf({ step: 1, end_step: 2, label: "val/loss" })).toBe("val/loss, steps 1 to 2");
});
