/** The marks of one line that are to be drawn: inside the plot, and not one upon the other. */
import type { Marks, Scale } from "./lines";

export interface Place {
  x: number;
  y: number;
}

/** Sizes in CSS pixels, the same on the page and in a saved picture. */
export const MARK_SIZES = { single: 2.5, notANumber: 3, restart: 3, beyond: 5 } as const;

/** Marks at an edge nearer to each other than this (CSS pixels) are one. */
const EDGE_DISTANCE = 6;

export class MarkCollector implements Marks {
  readonly singles: Place[] = [];
  readonly notNumbers: Place[] = [];
  readonly restarts: Place[] = [];
  /** y is that of the edge. */
  readonly upper: Place[] = [];
  readonly lower: Place[] = [];
  readonly #x: Scale;
  readonly #y: Scale;
  readonly #edgeDistance: number;
  readonly #edges: "all" | "infinite";

  /** `edges`: which values beyond the edges get a mark. `ratio`: positions in a CSS pixel. */
  constructor(x: Scale, y: Scale, edges: "all" | "infinite", ratio = 1) {
    this.#x = x;
    this.#y = y;
    this.#edges = edges;
    this.#edgeDistance = EDGE_DISTANCE * ratio;
  }

  single(x: number, y: number): void {
    if (this.#isInside(x, y)) this.singles.push({ x, y });
  }

  notANumber(x: number, y: number): void {
    const { from, to } = this.#y;
    const shownY = Math.min(Math.max(y, to), from);
    if (this.#isInside(x, shownY)) this.notNumbers.push({ x, y: shownY });
  }

  restart(x: number, y: number): void {
    if (this.#isInside(x, y)) this.restarts.push({ x, y });
  }

  beyond(x: number, isUpper: boolean, infinite: boolean): void {
    if (!infinite && this.#edges === "infinite") return;
    const marks = isUpper ? this.upper : this.lower;
    const last = marks.at(-1)?.x ?? -Infinity;
    const y = isUpper ? this.#y.to : this.#y.from;
    if (this.#isInside(x, y) && Math.abs(x - last) >= this.#edgeDistance) marks.push({ x, y });
  }

  #isInside(x: number, y: number): boolean {
    const { from: left, to: right } = this.#x;
    const { from: bottom, to: top } = this.#y;
    return x >= left - 0.5 && x <= right + 0.5 && y >= top - 0.5 && y <= bottom + 0.5;
  }
}
