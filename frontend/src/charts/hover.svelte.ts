/** What is pointed at in a chart, by pointer or keys: it follows what is drawn there until it is pinned. */
import {
  crosshairAt,
  emphasisOf,
  nearestOf,
  pointsAt,
  pointsUpTo,
  sortPoints,
  type HoverOrder,
  type HoverPoint,
} from "./hover";
import { valueAt, type Line } from "./lines";
import type { Place } from "./marks";
import type { Plot } from "./plot";

/** How near a line must be to be meant, in pixels. */
const REACH = 40;

export interface Hovered<L extends Line> {
  place: Place;
  /** The x at which all lines are looked at: that of a point that exists. null where x does not grow along them. */
  at: number | null;
  points: readonly HoverPoint<L>[];
  /** The one that is meant; null: none is near enough. */
  nearest: HoverPoint<L> | null;
}

export interface HoverOptions<L extends Line> {
  /** null: it is not drawn yet, or not any more. */
  plot: () => Pick<Plot<L>, "scales" | "content" | "area" | "emphasise" | "pointAt" | "showCrosshair"> | null;
  order: () => HoverOrder;
  /** Told the x that is pointed at; null: none any more. */
  onx: (x: number | null) => void;
}

export class Hover<L extends Line> {
  readonly #options: HoverOptions<L>;
  /** Where the pointer rests. */
  #pointer: Place | null = null;
  #hovered = $state.raw<Hovered<L> | null>(null);
  #pinned = $state(false);
  #keyed = $state(false);

  constructor(options: HoverOptions<L>) {
    this.#options = options;
  }

  /** null: nothing is pointed at. */
  get hovered(): Hovered<L> | null {
    return this.#hovered;
  }

  get pinned(): boolean {
    return this.#pinned;
  }

  /** Moved by keys: then a screen reader says what the tooltip says. */
  get keyed(): boolean {
    return this.#keyed;
  }

  /** The crosshair is there now; null: it has left the plot. */
  point(place: Place | null): void {
    if (this.#pinned) {
      this.#placeCrosshair();
      return;
    }
    this.#pointer = place;
    if (place) this.#hoverAt(place);
    else this.end();
  }

  /** What stands under a resting pointer may be new; what was pinned stays, wherever it is drawn now. */
  drawn(): void {
    if (this.#pinned) this.#options.plot()?.emphasise(this.#hovered && emphasisOf(this.#hovered));
    else if (this.#pointer) this.#hoverAt(this.#pointer);
  }

  /** By so many pixels, from where it is or from the middle. */
  moveBy(x: number, y: number): void {
    const plot = this.#options.plot();
    if (!plot) return;
    this.#pinned = false;
    this.#keyed = true;
    const { clientWidth, clientHeight } = plot.area;
    const from = this.#hovered?.place ?? { x: clientWidth / 2, y: clientHeight / 2 };
    const within = (value: number, end: number) => Math.min(Math.max(value, 0), end);
    plot.pointAt({ x: within(from.x + x, clientWidth), y: within(from.y + y, clientHeight) });
  }

  /** The pointer is used again instead of keys. */
  leaveKeys(): void {
    this.#keyed = false;
  }

  /** What was pinned before is let go. */
  pin(): void {
    if (!this.#hovered) return;
    this.#pinned = !this.#pinned;
    if (!this.#pinned) this.end();
  }

  end(): void {
    this.#pinned = false;
    this.#pointer = null;
    if (!this.#hovered) return;
    this.#hovered = null;
    this.#options.plot()?.emphasise(null);
    this.#options.onx(null);
  }

  #hoverAt(place: Place): void {
    const plot = this.#options.plot();
    if (!plot) return;
    const { scales, content } = plot;
    const lines = content.lines.filter(({ behind }) => !behind);
    const x = valueAt(scales.x, place.x);
    let points = pointsAt(lines, scales, place, x);
    if (points.length === 0) return;
    let nearest = nearestOf(points, REACH);
    const at = lines.every(({ sorted }) => sorted) ? crosshairAt(points, nearest) : null;
    if (at !== null) {
      points = pointsUpTo(lines, scales, place, at);
      nearest = points.find(({ line }) => line === nearest?.line) ?? null;
    }
    this.#hovered = { place, at, points: sortPoints(points, this.#options.order()), nearest };
    plot.emphasise(emphasisOf(this.#hovered));
    this.#placeCrosshair();
    this.#options.onx(at ?? x);
  }

  #placeCrosshair(): void {
    const hovered = this.#hovered;
    if (hovered && hovered.at !== null) this.#options.plot()?.showCrosshair(hovered.at, hovered.place.y);
  }
}
