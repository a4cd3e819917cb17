/**
 * Which boxes of a picture find which expected ones, as COCO's evaluation does (`lavdlike/reading/detections/box_matching.py` is the
 * same for all pictures of a set): of each class, the best score first, each takes the free box that it overlaps most.
 */
import type { Box, ImageContent } from "../../api/messages";
import type { Rectangle } from "../../lib/geometry";
import { classOf, isProbable, rectangleOf, type BoxFilter } from "./boxes";

/** Right, wrong, missed; `ignored`: in a crowd, or one, or what a hidden class or a low probability leaves out. */
export type Outcome = "tp" | "fp" | "fn" | "ignored";

/** Of the boxes and the expected boxes of a picture. */
export type Outcomes = ReadonlyMap<Box, Outcome>;

export const OUTCOMES = ["tp", "fp", "fn"] as const;

export const OUTCOME_NAMES: Record<Outcome, string> = {
  tp: "Right (TP)",
  fp: "Wrong (FP)",
  fn: "Missed (FN)",
  ignored: "Crowds",
};

/** On pictures, in either theme; told apart without red and green as well, and expected boxes are dashed. */
export const OUTCOME_COLOURS: Record<Outcome, string> = {
  tp: "#2fd6a3",
  fp: "#ff5a4f",
  fn: "#ffc62e",
  ignored: "#b9bdc7",
};

/** Of boxes and expected ones: with more, a picture is not matched here. */
const MOST_PAIRS = 4_000_000;

const NONE: Outcomes = new Map();

/** It has so many boxes that nobody says which find which. */
export function isTooMuch({ boxes, expectedBoxes }: ImageContent): boolean {
  return boxes.length * (expectedBoxes?.length ?? 0) > MOST_PAIRS;
}

/** Nothing, where nobody says what is expected. */
export function outcomesOf(content: ImageContent, filter: BoxFilter, iou: number): Outcomes {
  if (content.expectedBoxes === null || isTooMuch(content)) return NONE;
  const outcomes = new Map<Box, Outcome>();
  const sure = content.boxes.filter((box) => isProbable(box.probability, content, filter));
  const taken = takenBy(content.expectedBoxes, sure, iou);
  const found = new Set(taken);
  for (const box of content.boxes) outcomes.set(box, "ignored");
  for (const [place, box] of sure.entries()) {
    const expected = taken[place];
    outcomes.set(box, !expected ? "fp" : expected.isCrowd ? "ignored" : "tp");
  }
  for (const box of content.expectedBoxes) {
    outcomes.set(box, box.isCrowd ? "ignored" : found.has(box) ? "tp" : "fn");
  }
  return outcomes;
}

/** The expected box that each box takes; null: none. */
export function takenBy(expected: readonly Box[], boxes: readonly Box[], iou: number): (Box | null)[] {
  const enough = Math.min(iou, 1 - 1e-10);
  const taken: (Box | null)[] = boxes.map(() => null);
  const free = new Set(expected);
  const inOrder = [...boxes.keys()].sort((a, b) => scoreOf(boxes[b]!) - scoreOf(boxes[a]!) || a - b);
  for (const place of inOrder) {
    const box = boxes[place]!;
    const same = expected.filter((each) => free.has(each) && classOf(each) === classOf(box));
    const best = mostOverlapped(box, same, enough, false) ?? mostOverlapped(box, same, enough, true) ?? null;
    if (best && !best.isCrowd) free.delete(best);
    taken[place] = best;
  }
  return taken;
}

/** Of equal ones the last. */
function mostOverlapped(box: Box, expected: readonly Box[], enough: number, crowds: boolean): Box | null {
  let best: Box | null = null;
  let most = enough;
  for (const each of expected) {
    if ((each.isCrowd ?? false) !== crowds) continue;
    const overlap = iouOf(rectangleOf(box), rectangleOf(each), crowds);
    if (overlap >= most) [best, most] = [each, overlap];
  }
  return best;
}

/** With a crowd: the part of the box that lies in it. */
function iouOf(box: Rectangle, other: Rectangle, isCrowd: boolean): number {
  const across = Math.min(box.x + box.width, other.x + other.width) - Math.max(box.x, other.x);
  const down = Math.min(box.y + box.height, other.y + other.height) - Math.max(box.y, other.y);
  if (across <= 0 || down <= 0) return 0;
  const [shared, area] = [across * down, box.width * box.height];
  return shared / (isCrowd ? area : area + other.width * other.height - shared);
}

function scoreOf({ probability }: Box): number {
  return typeof probability === "number" ? probability : -Number.MAX_VALUE;
}
