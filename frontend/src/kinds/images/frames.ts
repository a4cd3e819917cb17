/** The pictures that are played one after the other: a label's steps, or what lies beside it in its folder. */
import { compareNatural } from "../../lib/natural";
import type { ChosenPicture } from "../../lib/pictureAddress";
import { shownStep } from "../../lib/stepChoice";
import { countSteps, positionOf, stepAt } from "../../lib/steps";
import type { LabelInfo } from "../../state/catalogues.svelte";

export interface Frames {
  /** What they are: steps, or pictures of one folder. */
  of: "steps" | "folder";
  count: number;
  /** Of the picture that is shown. */
  position: number;
  at: (index: number) => ChosenPicture;
}

/** Pictures a second. */
export const SPEEDS = [1, 2, 5, 10, 15, 24, 30] as const;

/** null: there is nothing to play. `labels`: of all pictures of its experiment. */
export function framesOf(picture: ChosenPicture, labels: ReadonlyMap<string, LabelInfo>): Frames | null {
  return picture.step === null ? folderOf(picture, labels) : stepsOf(picture, labels.get(picture.label));
}

/** The place of the next picture; null: it was the last one. */
export function nextFrame(
  { count, position }: Pick<Frames, "count" | "position">,
  loops: boolean,
): number | null {
  if (position + 1 < count) return position + 1;
  return loops && count > 0 ? 0 : null;
}

/** The places of those that are shown next, as many as are read ahead. */
export function framesAhead(frames: Frames, loops: boolean, most: number): number[] {
  const ahead: number[] = [];
  let position: number | null = frames.position;
  while (ahead.length < Math.min(most, frames.count - 1)) {
    position = nextFrame({ count: frames.count, position }, loops);
    if (position === null) break;
    ahead.push(position);
  }
  return ahead;
}

function stepsOf(picture: ChosenPicture, info: LabelInfo | undefined): Frames | null {
  if (!info || picture.step === null || countSteps(info.steps) < 2) return null;
  const shown = shownStep(info.steps, false, picture.step)?.step ?? 0;
  return {
    of: "steps",
    count: countSteps(info.steps),
    position: positionOf(info.steps, shown),
    at: (index) => ({ ...picture, step: stepAt(info.steps, index) ?? 0 }),
  };
}

function folderOf(picture: ChosenPicture, labels: ReadonlyMap<string, LabelInfo>): Frames | null {
  const folder = folderName(picture.label);
  const beside = [...labels]
    .filter(([label, { hasGlobal }]) => hasGlobal && folderName(label) === folder)
    .map(([label]) => label)
    .sort(compareNatural);
  const position = beside.indexOf(picture.label);
  if (beside.length < 2 || position < 0) return null;
  return {
    of: "folder",
    count: beside.length,
    position,
    at: (index) => ({ ...picture, label: beside[index] ?? picture.label }),
  };
}

function folderName(label: string): string {
  return label.slice(0, Math.max(0, label.lastIndexOf("/")));
}
