/**
 * A thin wrapper around uPlot, which brings the canvas, axes, crosshair and the box that is dragged. Lines are drawn by
 * paint.ts: every series keeps its own steps (uPlot wants one x column for all), may hold NaN, and costs no element.
 *
 * uPlot's own scales are 0 to 1 on both axes; what they stand for is decided here, so that a logarithmic axis is a
 * matter of the next redraw, and ticks do not end at the 17 digits that uPlot can tell apart.
 */
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { FigureColours } from "../lib/figure";
import { showable, xRangeOf, yRangeOf } from "../lib/lineRanges";
import { projection, valueAt, type Line, type Scale } from "../lib/lines";
import type { Place } from "../lib/marks";
import type { Range } from "../lib/ranges";
import { ticksOf, type Quantity, type Tick } from "../lib/ticks";
import { cancelFrame, inFrame } from "./frames";
import { costOf, paintDot, paintEmphasised, paintLines, type Painting } from "./paint";

/** What part of a chart is shown; an axis that is not named shows what is there. */
export interface Zoom {
  x?: Range | undefined;
  y?: Range | undefined;
}

export interface PlotAxes {
  xQuantity: Quantity;
  xLog: boolean;
  yLog: boolean;
}

export interface PlotEvents {
  /** Somebody chose another part; null: all of it. */
  onZoom(zoom: Zoom | null): void;
  /** Where the pointer is in the plot, in CSS pixels from its upper left corner; null: not there. */
  onPointer(place: Place | null): void;
  /** After each redraw: what is emphasised is to be said anew. */
  onDrawn(): void;
}

export interface PlotContent<L extends Line = Line> {
  lines: readonly L[];
  axes: PlotAxes;
  zoom: Zoom | null;
  withoutOutliers: boolean;
}

/** What stands out while somebody points at the chart. */
export interface Emphasis {
  line: Line | null;
  /** In values of the axes. */
  dots: readonly { x: number; y: number; colour: string; large: boolean }[];
}

const FONT = "11px system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif";
const Y_AXIS_WIDTH = 50;
const X_AXIS_HEIGHT = 26;
const CHARACTER_WIDTH = 6.4;
const TICK_GAP = 6;
/** Pixels between labels, about. */
const X_TICK_DISTANCE = 76;
const Y_TICK_DISTANCE = 40;
/** More do not help to read a large chart. */
const MOST_TICKS = 10;
/** A drag shorter than this is a click; a box thinner than this selects along one axis only. */
const DRAG_DISTANCE = 4;
const BOX_THICKNESS = 24;
const NOWHERE = -10;
/** Of axes and grid, in points. */
const AXES_COST = 600;

export class Plot<L extends Line = Line> {
  readonly #host: HTMLElement;
  readonly #events: PlotEvents;
  readonly #uplot: uPlot;
  readonly #read: () => PlotContent<L>;
  readonly #draw = () => this.#redraw();
  readonly #fit = () => this.#fitHost();
  #colours: FigureColours;
  #content: PlotContent<L>;
  #shown: { x: Range; y: Range };
  #overlay: HTMLCanvasElement | null = null;
  #emphasis: Emphasis | null = null;

  /** `read` is called at each redraw. */
  constructor(
    host: HTMLElement,
    options: { colours: FigureColours; read: () => PlotContent<L>; events: PlotEvents },
  ) {
    this.#host = host;
    this.#colours = options.colours;
    this.#read = options.read;
    this.#events = options.events;
    this.#content = this.#read();
    this.#shown = rangesOf(this.#content);
    this.#uplot = new uPlot(this.#uplotOptions(), [[]], host);
  }

  destroy(): void {
    cancelFrame(this.#draw);
    cancelFrame(this.#fit);
    this.#uplot.destroy();
  }

  /** Draw anew in one of the next frames, with what `read` then says. */
  invalidate(): void {
    inFrame(this.#draw);
  }

  /** For what a hand moves: without waiting for its turn among other charts. */
  redrawNow(): void {
    cancelFrame(this.#draw);
    this.#redraw();
  }

  recolour(colours: FigureColours): void {
    this.#colours = colours;
    this.invalidate();
  }

  /** To its host's size, in one of the next frames. */
  resize(): void {
    inFrame(this.#fit);
  }

  /** The shown ranges, in CSS pixels of the plot. */
  get scales(): { x: Scale; y: Scale } {
    const { clientWidth, clientHeight } = this.#uplot.over;
    return this.#scalesOn({ left: 0, top: 0, width: clientWidth, height: clientHeight });
  }

  /** The element over the plot's area, without the axes. */
  get area(): HTMLElement {
    return this.#uplot.over;
  }

  get content(): PlotContent<L> {
    return this.#content;
  }

  /** The crosshair at a value of x (null: none), when somebody points at another chart. */
  showCrosshair(x: number | null): void {
    const left = x === null ? NOWHERE : projection(this.scales.x)(x);
    const isInside = left >= 0 && left <= this.#uplot.over.clientWidth;
    this.#uplot.setCursor({ left: isInside ? left : NOWHERE, top: isInside ? 0 : NOWHERE }, false);
  }

  /** The crosshair where a finger or a key put it. */
  pointAt(place: Place): void {
    this.#uplot.setCursor({ left: place.x, top: place.y });
  }

  emphasise(emphasis: Emphasis | null): void {
    if (!emphasis && !this.#emphasis) return;
    this.#emphasis = emphasis;
    this.#drawOverlay();
  }

  #uplotOptions(): uPlot.Options {
    const { clientWidth: width, clientHeight: height } = this.#host;
    const scale: uPlot.Scale = { time: false, auto: false, range: [0, 1], min: 0, max: 1 };
    return {
      width: Math.max(width, 1),
      height: Math.max(height, 1),
      padding: [10, 18, 0, 0],
      legend: { show: false },
      series: [{}],
      scales: { x: { ...scale }, y: { ...scale } },
      axes: [this.#axis("x"), this.#axis("y")],
      cursor: {
        x: true,
        y: false,
        points: { show: false },
        drag: { x: true, y: true, uni: BOX_THICKNESS, dist: DRAG_DISTANCE, setScale: false },
        bind: {
          mousedown: (_plot, _target, handle) => (event) => {
            if (event.button === 0 && !event.shiftKey) handle(event);
            return null;
          },
          dblclick: () => () => {
            this.#events.onZoom(null);
            return null;
          },
        },
      },
      hooks: {
        draw: [() => this.#paint()],
        setSelect: [() => this.#zoomToSelection()],
        setCursor: [({ cursor: { left = NOWHERE, top = NOWHERE } }) => this.#tellPointer(left, top)],
      },
    };
  }

  #axis(axis: "x" | "y"): uPlot.Axis {
    let ticks: Tick[] = [];
    return {
      scale: axis,
      side: axis === "x" ? 2 : 3,
      font: FONT,
      gap: TICK_GAP,
      stroke: () => this.#colours.muted,
      grid: { stroke: () => this.#colours.grid, width: 1 },
      ticks: { show: false },
      // The same height and width for all charts, so that their axes line up, unless numbers would be cut.
      size: (_plot, labels) => {
        if (axis === "x") return X_AXIS_HEIGHT;
        const longest = Math.max(0, ...(labels ?? []).map((label) => label.length));
        return Math.max(Y_AXIS_WIDTH, longest * CHARACTER_WIDTH + TICK_GAP + 4);
      },
      // Ticks are ours: uPlot need not look for a distance between them.
      incrs: [1],
      splits: ({ over, width, height }) => {
        const length = axis === "x" ? over.clientWidth || width : over.clientHeight || height;
        ticks = this.#ticks(axis, length);
        const toShare = projection({ ...this.#scalesOn(UNIT)[axis] });
        return ticks.map(({ at }) => toShare(at));
      },
      filter: (_plot, splits) => splits,
      values: () => ticks.map(({ label }) => label),
    };
  }

  #ticks(axis: "x" | "y", length: number): Tick[] {
    const { xQuantity, xLog, yLog } = this.#content.axes;
    const [quantity, log, distance] =
      axis === "x"
        ? ([xQuantity, xLog, X_TICK_DISTANCE] as const)
        : (["number", yLog, Y_TICK_DISTANCE] as const);
    return ticksOf(this.#shown[axis], quantity, {
      about: Math.max(2, Math.min(MOST_TICKS, Math.floor(length / distance))),
      log,
    });
  }

  /** Returns how much that was. */
  #redraw(): number {
    this.#content = this.#read();
    this.#shown = rangesOf(this.#content);
    this.#uplot.redraw(false, true);
    return AXES_COST + costOf(this.#content.lines, this.#uplot.over.clientWidth);
  }

  #fitHost(): number {
    const { clientWidth: width, clientHeight: height } = this.#host;
    const fits = width === this.#uplot.width && height === this.#uplot.height;
    if (fits || width === 0 || height === 0) return 0;
    this.#uplot.setSize({ width, height });
    return AXES_COST + costOf(this.#content.lines, width);
  }

  #scalesOn({ left, top, width, height }: Box): { x: Scale; y: Scale } {
    const { xLog, yLog } = this.#content.axes;
    return {
      x: { range: this.#shown.x, log: xLog, from: left, to: left + width },
      y: { range: this.#shown.y, log: yLog, from: top + height, to: top },
    };
  }

  #paint(): void {
    const { withoutOutliers, zoom, lines } = this.#content;
    const painting = this.#painting(this.#uplot.ctx, this.#uplot.bbox);
    paintLines(painting, lines, withoutOutliers && !zoom?.y ? "all" : "infinite");
    this.#events.onDrawn();
  }

  #painting(context: CanvasRenderingContext2D, box: Box): Painting {
    return { context, ...this.#scalesOn(box), ratio: uPlot.pxRatio, background: this.#colours.background };
  }

  #drawOverlay(): void {
    if (!this.#emphasis) {
      this.#overlay?.remove();
      this.#overlay = null;
      return;
    }
    const { clientWidth, clientHeight } = this.#uplot.over;
    const canvas = (this.#overlay ??= document.createElement("canvas"));
    canvas.width = clientWidth * uPlot.pxRatio;
    canvas.height = clientHeight * uPlot.pxRatio;
    canvas.className = "emphasis";
    if (!canvas.isConnected) this.#uplot.over.prepend(canvas);
    const context = canvas.getContext("2d");
    if (!context) return;
    const painting = this.#painting(context, { left: 0, top: 0, width: canvas.width, height: canvas.height });
    if (this.#emphasis.line) paintEmphasised(painting, this.#emphasis.line);
    const toX = projection(painting.x);
    const toY = projection(painting.y);
    for (const { x, y, colour, large } of this.#emphasis.dots) {
      const place = { x: toX(x), y: toY(y) };
      if (place.y >= 0 && place.y <= canvas.height) paintDot(painting, place, colour, large ? 4 : 2.5);
    }
  }

  #zoomToSelection(): void {
    const { over, select } = this.#uplot;
    const { left, top, width, height } = select;
    const { x, y } = this.scales;
    const zoom: Zoom = { ...this.#content.zoom };
    if (width < over.clientWidth) zoom.x = [valueAt(x, left), valueAt(x, left + width)];
    if (height < over.clientHeight) zoom.y = [valueAt(y, top + height), valueAt(y, top)];
    this.#uplot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.#events.onZoom(zoom);
  }

  #tellPointer(left: number, top: number): void {
    this.#events.onPointer(left < 0 || top < 0 ? null : { x: left, y: top });
  }
}

interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Positions on it are parts of uPlot's scales, which grow upwards. */
const UNIT: Box = { left: 0, top: 1, width: 1, height: -1 };

function rangesOf({ lines, axes, zoom, withoutOutliers }: PlotContent): { x: Range; y: Range } {
  const zoomedX = showable(zoom?.x, axes.xLog);
  return {
    x: zoomedX ?? xRangeOf(lines, axes.xLog),
    y: showable(zoom?.y, axes.yLog) ?? yRangeOf(lines, zoomedX, { log: axes.yLog, withoutOutliers }),
  };
}
