import { describe, expect, test } from "vitest";
import type { Box, ImageContent } from "../../api/messages";
import {
  boxesAt,
  classCounts,
  imageContentOf,
  mergedCounts,
  NOTHING,
  rectangleOf,
  shownBoxes,
} from "./boxes";

const box = (xStart: number, yStart: number, xEnd: number, yEnd: number, rest: Partial<Box> = {}): Box => ({
  xStart,
  yStart,
  xEnd,
  yEnd,
  className: null,
  probability: null,
  ...rest,
});

const ALL = new Set<string>();

describe("shown boxes", () => {
  const sure = box(0, 0, 1, 1, { className: "car", probability: 0.9 });
  const unsure = box(0, 0, 1, 1, { className: "tree", probability: 0.3 });
  const plain = box(0, 0, 1, 1);
  const content = { ...NOTHING, boxes: [sure, unsure, plain], classes: ["car", "tree"], minProbability: 0.5 };

  test("the file's threshold holds until another is chosen", () => {
    expect(shownBoxes(content, { threshold: null, hiddenClasses: ALL })).toEqual([sure, plain]);
    expect(shownBoxes(content, { threshold: 0.3, hiddenClasses: ALL })).toEqual([sure, unsure, plain]);
  });

  test("boxes without probability are shown at any threshold", () => {
    expect(shownBoxes(content, { threshold: 1, hiddenClasses: ALL })).toEqual([plain]);
  });

  test("without any threshold all are shown", () => {
    const open = { ...content, minProbability: null };
    expect(shownBoxes(open, { threshold: null, hiddenClasses: ALL })).toHaveLength(3);
  });

  test("a hidden class takes its boxes away, the empty name those without class", () => {
    const hidden = (name: string) => shownBoxes(content, { threshold: 0, hiddenClasses: new Set([name]) });
    expect(hidden("car")).toEqual([unsure, plain]);
    expect(hidden("")).toEqual([sure, unsure]);
  });
});

test("boxes under a point come smallest first, and corners may stand in any order", () => {
  const large = box(0, 0, 100, 100);
  const turned = box(30, 30, 10, 10);
  expect(boxesAt([large, turned, box(50, 50, 60, 60)], { x: 12, y: 25 })).toEqual([turned, large]);
  expect(rectangleOf(turned)).toEqual({ x: 10, y: 10, width: 20, height: 20 });
});

test("classes come in the file's order, then those that only boxes name, then boxes without one", () => {
  const content = {
    ...NOTHING,
    boxes: [box(0, 0, 1, 1), box(0, 0, 1, 1, { className: "z10" }), box(0, 0, 1, 1, { className: "z9" })],
    classes: ["tree", "car"],
  };
  expect(classCounts(content)).toEqual([
    { name: "tree", count: 0 },
    { name: "car", count: 0 },
    { name: "z9", count: 1 },
    { name: "z10", count: 1 },
    { name: "", count: 1 },
  ]);
});

test("classes of several pictures are one list with boxes without class at its end", () => {
  const one = [
    { name: "car", count: 2 },
    { name: "", count: 1 },
  ];
  const other = [
    { name: "tree", count: 1 },
    { name: "car", count: 1 },
  ];
  expect(mergedCounts([one, other])).toEqual([
    { name: "car", count: 3 },
    { name: "tree", count: 1 },
    { name: "", count: 1 },
  ]);
});

test("a picture without a JSON file has no boxes, and a corner that is not a number is nowhere", () => {
  expect(imageContentOf(null).boxes).toEqual([]);
  const boxes = [box(0, 0, 1, 1), { ...box(0, 0, 1, 1), xEnd: NaN }];
  const sent = JSON.parse(JSON.stringify({ boxes })) as Partial<ImageContent>;
  expect(imageContentOf(sent).boxes).toEqual([boxes[0]]);
});
