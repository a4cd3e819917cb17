/** One series as the page has it: columns as the server sent them, growing with the points that arrive live. */
import type { NewPoints, SeriesRequest } from "../../api/messages";
import type { SeriesColumns } from "../../api/series";
import { toNumber } from "../../lib/numbers";
import { smooth, type SmoothingState } from "./smoothing";

export type XAxis = SeriesRequest["x"];

export class Series {
  readonly experiment: string;
  readonly label: string;
  /** "" unless several processes logged the same label; of a table its path. */
  readonly writer: string;
  /** Points of another identity do not belong to this series. */
  readonly identity: string;
  /** Seconds of x are counted from here on the relative axis. */
  readonly firstWallTime: number;
  readonly xAxis: XAxis;
  /** Whether every point between the first and the last is here. */
  readonly exact: boolean;
  readonly segments: number[];
  /** Points that a logarithmic x axis cannot show. */
  readonly withoutPlace: number;
  /** Where another label's values are the x axis: x may go back. */
  readonly hasOtherX: boolean;
  steps: Float64Array;
  wallTimes: Float64Array;
  values: Float64Array;
  smoothed: Float64Array | null;
  /** Points in the columns, which have room for more. */
  length: number;
  /** Points of the whole series, as far as the page knows. */
  count: number;
  readonly #sent: number;
  readonly #otherX: Float64Array | null;
  #smoothing: number;
  #state: SmoothingState | null;

  constructor(columns: SeriesColumns, xAxis: XAxis, smoothing: number) {
    const { head, steps, wallTimes, values, smoothed } = columns;
    this.experiment = head.experiment;
    this.label = head.label;
    this.writer = head.writer;
    this.identity = head.identity;
    this.firstWallTime = head.first_wall_time;
    this.xAxis = xAxis;
    this.exact = head.exact;
    this.segments = head.segments;
    this.withoutPlace = head.without_place;
    this.#otherX = columns.x ?? null;
    this.hasOtherX = columns.x !== undefined;
    this.steps = steps;
    this.wallTimes = wallTimes;
    this.values = values;
    this.smoothed = smoothed;
    this.length = this.#sent = steps.length;
    this.count = head.count;
    this.#smoothing = smoothing;
    this.#state = head.smoothing_state;
  }

  get x(): Float64Array {
    return this.#otherX ?? (this.xAxis === "step" ? this.steps : this.wallTimes);
  }

  /** Where x begins to count. */
  get origin(): number {
    return this.xAxis === "relative" && !this.hasOtherX ? this.firstWallTime : 0;
  }

  /** Whether every point of the series is here. */
  get isWhole(): boolean {
    return this.exact && this.length === this.count;
  }

  /** Points that arrived after the columns were sent. */
  get live(): number {
    return this.length - this.#sent;
  }

  get bytes(): number {
    return this.steps.length * 8 * (this.smoothed ? 4 : 3);
  }

  /** Takes what follows the points here; false if something is missing in between or belongs to another series. */
  append(points: NewPoints): boolean {
    if (points.identity !== this.identity || points.first > this.count) return false;
    const known = this.count - points.first;
    const added = points.steps.length - known;
    if (added <= 0) return true;
    this.#reserve(this.length + added);
    for (let index = known; index < points.steps.length; index++) {
      this.steps[this.length] = points.steps[index]!;
      this.wallTimes[this.length] = points.times[index]!;
      this.values[this.length] = toNumber(points.values[index]!);
      if (this.#begins(this.length)) this.segments.push(this.length);
      this.length++;
    }
    this.count += added;
    this.#smoothFrom(this.length - added);
    return true;
  }

  /** The live points of an older copy that this one, asked for before they came, does not have. */
  takeLiveFrom(older: Series): void {
    const missing = older.count - this.count;
    if (older.identity !== this.identity || missing <= 0 || missing > older.live) return;
    const from = older.length - missing;
    this.append({
      label: this.label,
      identity: this.identity,
      first: this.count,
      steps: [...older.steps.subarray(from, older.length)],
      times: [...older.wallTimes.subarray(from, older.length)],
      values: [...older.values.subarray(from, older.length)],
    });
  }

  /** Smooths with another weight; only a whole series can do that without the server. */
  resmooth(weight: number): void {
    if (weight === this.#smoothing) return;
    this.#smoothing = weight;
    this.#state = null;
    this.smoothed = weight > 0 ? new Float64Array(this.steps.length) : null;
    this.#smoothFrom(0);
  }

  /** Whether a segment begins at a point: the step went back, or x did. */
  #begins(index: number): boolean {
    const { x, steps } = this;
    return index > 0 && (steps[index]! < steps[index - 1]! || x[index]! < x[index - 1]!);
  }

  #smoothFrom(from: number): void {
    if (!this.smoothed) return;
    this.#state = smooth(this.values, this.#smoothing, this.smoothed, {
      from,
      to: this.length,
      ...(this.#state && { state: this.#state }),
      restarts: this.segments,
    });
  }

  #reserve(length: number): void {
    if (length <= this.steps.length) return;
    const room = Math.max(length, Math.ceil(this.steps.length * 1.5), 64);
    this.steps = grown(this.steps, room);
    this.wallTimes = grown(this.wallTimes, room);
    this.values = grown(this.values, room);
    if (this.smoothed) this.smoothed = grown(this.smoothed, room);
  }
}

function grown(values: Float64Array, length: number): Float64Array {
  const copy = new Float64Array(length);
  copy.set(values);
  return copy;
}
