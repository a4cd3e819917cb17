import { describe, expect, it } from "vitest";
import made from "../../../../tests/corpus/detections/coco_matches.json?raw";
import type { Box, ImageContent } from "../../api/messages";
import { NOTHING } from "./boxes";
import { outcomesOf, takenBy } from "./outcomes";

interface Entry {
  id: number;
  image_id: number;
  category_id: number;
  bbox: [number, number, number, number];
  iscrowd?: number;
  score?: number;
}
interface Scene {
  pictures: number;
  expected: Entry[];
  predictions: Entry[];
  taken: Record<string, (number | null)[]>;
}

const scenes = JSON.parse(made) as Scene[];

const boxOf = ({ category_id, bbox: [x, y, width, height], iscrowd, score }: Entry): Box => ({
  xStart: x,
  yStart: y,
  xEnd: x + width,
  yEnd: y + height,
  className: String(category_id),
  probability: score ?? null,
  isCrowd: iscrowd === 1,
});

const EVERYTHING = { threshold: null, hiddenClasses: new Set<string>() };
const box = (xStart: number, xEnd: number, more: Partial<Box> = {}): Box => ({
  xStart,
  yStart: 0,
  xEnd,
  yEnd: 10,
  className: "a",
  ...more,
});

describe("takenBy", () => {
  it("gives what COCO's evaluation gives", () => {
    for (const { pictures, expected, predictions, taken } of scenes) {
      for (const [iou, ids] of Object.entries(taken)) {
        for (let picture = 1; picture <= pictures; picture++) {
          const own = expected.filter(({ image_id }) => image_id === picture);
          const places = [...predictions.keys()].filter((place) => predictions[place]!.image_id === picture);
          const boxes = own.map(boxOf);
          const found = takenBy(
            boxes,
            places.map((place) => boxOf(predictions[place]!)),
            Number(iou),
          );
          expect(found.map((each) => (each ? own[boxes.indexOf(each)]!.id : null))).toEqual(
            places.map((place) => ids[place]),
          );
        }
      }
    }
  });
});

describe("outcomesOf", () => {
  const content = (boxes: Box[], expectedBoxes: Box[] | null): ImageContent => ({
    ...NOTHING,
    boxes,
    expectedBoxes,
  });

  it("tells right, wrong and missed apart", () => {
    const [right, wrong] = [box(0, 10, { probability: 0.9 }), box(50, 60, { probability: 0.8 })];
    const [found, missed] = [box(1, 10), box(20, 30)];
    const outcomes = outcomesOf(content([right, wrong], [found, missed]), EVERYTHING, 0.5);
    expect([right, wrong, found, missed].map((each) => outcomes.get(each))).toEqual(["tp", "fp", "tp", "fn"]);
  });

  it("leaves out what is improbable, and crowds", () => {
    const [low, inCrowd] = [box(0, 10, { probability: 0.1 }), box(50, 60, { probability: 0.9 })];
    const [missed, crowd] = [box(0, 10), box(40, 90, { isCrowd: true })];
    const outcomes = outcomesOf(
      content([low, inCrowd], [missed, crowd]),
      { ...EVERYTHING, threshold: 0.5 },
      0.5,
    );
    const of = [low, inCrowd, missed, crowd].map((each) => outcomes.get(each));
    expect(of).toEqual(["ignored", "ignored", "fn", "ignored"]);
  });

  it("says nothing where nothing is expected to be known", () => {
    expect(outcomesOf(content([box(0, 1)], null), EVERYTHING, 0.5).size).toBe(0);
    expect([...outcomesOf(content([box(0, 1)], []), EVERYTHING, 0.5).values()]).toEqual(["fp"]);
  });
});
