/** The keys of a chart that has the focus: those that zoom (gestures.ts), and those that point at values. */
import { zoomKey, type Gestures } from "./gestures";
import type { Plot } from "./plot";

const STEP_PX = 8;

export interface PointingKeys {
  /** Whether something is pointed at: only then there is something to copy and to end. */
  isPointing: () => boolean;
  /** Whether Escape lets go of it first, before it closes what the chart stands in. */
  isHeld: () => boolean;
  /** By so many pixels. */
  move: (x: number, y: number) => void;
  /** To what is said of the place. */
  enter: () => void;
  copy: () => void;
  /** Write something to the place. */
  annotate: () => void;
  /** The place, for a table of what is there. */
  select: () => void;
  end: () => void;
}

const WAYS: Record<string, readonly [x: number, y: number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** For `keydown`. What a chart answers to nobody else hears. */
export function answerKey(event: KeyboardEvent, plot: Plot, gestures: Gestures, keys: PointingKeys): void {
  if (event.defaultPrevented) return;
  if (zoomKey(plot, gestures, event) || pointingKey(event, keys)) {
    event.preventDefault();
    event.stopPropagation();
  }
}

/** Whether the key was one of them. */
export function pointingKey(
  event: KeyboardEvent,
  { isPointing, isHeld, move, enter, copy, annotate, select, end }: PointingKeys,
): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const way = WAYS[event.key];
  if (way) move(way[0] * STEP_PX, way[1] * STEP_PX);
  else if (event.key === "Enter") enter();
  else if (event.key === "c" && isPointing()) copy();
  else if (event.key === "a" && isPointing()) annotate();
  else if (event.key === "r" && isPointing()) select();
  else if (event.key === "Escape" && isHeld()) end();
  else return false;
  return true;
}
