import { describe, expect, test } from "vitest";
import type { ImageContent } from "../../api/messages";
import { classCounts, classOfValue, NOTHING } from "./boxes";
import { thingsAt } from "./things";

const content: ImageContent = {
  ...NOTHING,
  classes: ["background", "car"],
  minProbability: 0.5,
  boxes: [{ xStart: 0, yStart: 0, xEnd: 10, yEnd: 10, className: "car" }],
  polygons: [
    {
      points: [
        [0, 0],
        [10, 0],
        [0, 10],
      ],
      className: "sail",
      probability: 0.4,
    },
  ],
  keypoints: [
    {
      points: [[2, 2], null, [8, 8]],
      names: ["nose", "eye", "ear"],
      probabilities: [0.9, 0, 0.2],
      className: "person",
    },
  ],
};
const mask = { width: 10, height: 10, values: new Uint8Array(100).fill(1) };
mask.values[99] = 0;
mask.values[90] = 7;
const masks = [{ name: "truth", pixels: mask, values: [0, 1, 7], reason: "" }];
const ALL = { boxes: true, keypoints: true, polygons: true };

function under(x: number, y: number, threshold: number | null = null, hidden: string[] = [], shows = ALL) {
  const filter = { threshold, hiddenClasses: new Set(hidden) };
  return thingsAt(content, masks, filter, shows, { x, y }, 1).map(({ className, detail }) =>
    [className, detail].join(" ").trim(),
  );
}

describe("under a point lie", () => {
  test("what is probable enough and not hidden, keypoints first", () => {
    expect(under(2, 2)).toEqual(["person nose", "car", "car mask truth"]);
    expect(under(2, 2, 0.1)).toEqual(["person nose", "car", "sail polygon", "car mask truth"]);
    expect(under(2, 2, 0.1, ["car", "person"])).toEqual(["sail polygon"]);
    expect(under(8, 8)).toEqual(["car", "car mask truth"]);
    expect(under(8, 8, 0.1)[0]).toBe("person ear");
  });

  test("nothing of what is switched off", () => {
    expect(under(2, 2, 0.1, [], { ...ALL, boxes: false })).toEqual([
      "person nose",
      "sail polygon",
      "car mask truth",
    ]);
  });

  test("values without a name by their number, and nothing of the background", () => {
    expect(under(9.5, 9.5)).toEqual(["car"]);
    expect(under(0.5, 9.5)).toEqual(["car", "7 mask truth"]);
  });
});

test("value 0 is painted only if it has a name other than background", () => {
  expect(classOfValue(NOTHING, 0)).toBe(null);
  expect(classOfValue(NOTHING, 3)).toBe("3");
  expect(classOfValue({ ...NOTHING, classes: ["road"] }, 0)).toBe("road");
  expect(classOfValue({ ...NOTHING, classes: ["road", "Background"] }, 1)).toBe(null);
});

test("classes count what lies on the picture, of whatever form", () => {
  expect(classCounts(content)).toEqual([
    { name: "background", count: 0 },
    { name: "car", count: 1 },
    { name: "person", count: 1 },
    { name: "sail", count: 1 },
  ]);
});
