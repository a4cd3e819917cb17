import { expect, test } from "vitest";
import type { Annotation } from "../api/messages";
import { countOutside, stepFlags } from "./annotationFlags";

function annotation(part: Partial<Annotation>): Annotation {
  return { id: "1", step: 0, end_step: null, label: "", author: "", time: 0, text: "Look", ...part };
}

function flags(...annotations: Annotation[]) {
  return stepFlags([{ id: "a", name: "run a", colour: "red", annotations }]);
}

test("on an axis of steps a step stands where it is, and says who wrote what", () => {
  const [place, range] = flags(annotation({ step: 7, author: "bob" }), annotation({ step: 3, end_step: 9 }));
  expect(place).toMatchObject({
    id: "a 1",
    x: 7,
    end: null,
    y: null,
    colour: "red",
    initial: "B",
    text: "Look",
  });
  expect(place?.about()).toBe("bob · run a · step 7");
  expect(range).toMatchObject({ x: 3, end: 9, initial: "•" });
});

test("what is outside a range is counted, not what reaches into it", () => {
  const all = flags(
    annotation({ step: 4 }),
    annotation({ step: 5 }),
    annotation({ step: 1, end_step: 5 }),
    annotation({ step: 9, end_step: 12 }),
  );
  expect(countOutside(all, [5, 8])).toBe(2);
});
