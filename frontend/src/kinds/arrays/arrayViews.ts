/** Which part of an array of any shape is shown. */

export interface ShownPart {
  axes: number[];
  /** The place along each axis; those of the shown ones do not count. */
  at: number[];
}

/** What was wanted, as far as an array of this shape has it; by default its last two axes, at the beginning of the others. */
export function fitted(shape: readonly number[], wanted: { axes?: number[]; at?: number[] }): ShownPart {
  const last = shape.map((_, axis) => axis).slice(-2);
  const isPossible =
    wanted.axes?.length === last.length &&
    new Set(wanted.axes).size === last.length &&
    wanted.axes.every((axis) => axis < shape.length);
  return {
    axes: isPossible ? wanted.axes! : last,
    at: shape.map((length, axis) => Math.max(0, Math.min(wanted.at?.[axis] ?? 0, length - 1))),
  };
}

/** A range of places, within so many; undefined if it is all of them or none. */
export function fittedRange(
  range: readonly number[] | undefined,
  length: number,
): [number, number] | undefined {
  if (range?.length !== 2) return undefined;
  const [from, to] = [range[0]!, Math.min(range[1]!, length)];
  return from < to && !(from === 0 && to === length) ? [from, to] : undefined;
}

/** The index of numpy for what is shown: `[3, :, :]`. */
export function indexText(shape: readonly number[], { axes, at }: ShownPart): string {
  return `[${shape.map((_, axis) => (axes.includes(axis) ? ":" : at[axis])).join(", ")}]`;
}

/** The finite values' range, with some width; null if there is none. */
export function finiteRange(values: readonly number[]): [number, number] | null {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : null;
}

/** Where the value at a place is, the last axis counting fastest: `1, 3`. */
export function indexOf(place: number, shape: readonly number[]): string {
  const index: number[] = [];
  for (const length of shape.toReversed()) {
    index.unshift(place % length);
    place = Math.floor(place / length);
  }
  return index.join(", ");
}
