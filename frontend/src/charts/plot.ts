/**
 * A thin wrapper around uPlot, which brings scales, axes, the crosshair and the selected box. Lines are drawn by
 * paint.ts: every series keeps its own steps (uPlot wants one x column for all), may hold NaN, and costs no element.
 */
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { FigureColours } from "../lib/figure";
import { showable, xRangeOf, yRangeOf } from "../lib/lineRanges";
import type { Line, Scale } from "../lib/lines";
import type { Place } from "../lib/marks";
import type { Range } from "../lib/ranges";
import { ticksOf, type Quantity, type Tick } from "../lib/ticks";
import { cancelFrame, inFrame } from "./frames";
import { paintDot, paintEmphasised, paintLines, type Painting } from "./paint";

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
/** A drag shorter than this is a click; a box thinner than this selects along one axis only. */
const DRAG_DISTANCE = 4;
const BOX_THICKNESS = 24;

export class Plot<L extends Line = Line> {
  readonly #host: HTMLElement;
  readonly #events: PlotEvents;
  readonly #axes: PlotAxes;
  readonly #uplot: uPlot;
  readonly #read: () => PlotContent<L>;
  readonly #draw = () => this.#redraw();
  #colours: FigureColours;
  #content: PlotContent<L> = { lines: [], zoom: null, withoutOutliers: false };
  #overlay: HTMLCanvasElement | null = null;
  #emphasis: Emphasis | null = null;

  /** `read` is called at each redraw. */
  constructor(
    host: HTMLElement,
    options: { axes: PlotAxes; colours: FigureColours; read: () => PlotContent<L>; events: PlotEvents },
  ) {
    this.#host = host;
    this.#axes = options.axes;
    this.#colours = options.colours;
    this.#read = options.read;
    this.#events = options.events;
    this.#content = this.#read();
    this.#uplot = new uPlot(this.#uplotOptions(), [[]], host);
  }

  destroy(): void {
    cancelFrame(this.#draw);
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

  resize(): void {
    const { clientWidth: width, clientHeight: height } = this.#host;
    if (width === 0 || height === 0) return;
    if (width === this.#uplot.width && height === this.#uplot.height) return;
    this.#uplot.setSize({ width, height });
  }

  /** The shown ranges, in CSS pixels of the plot. */
  get scales(): { x: Scale; y: Scale } {
    const { clientWidth: width, clientHeight: height } = this.#uplot.over;
    return {
      x: { range: this.#rangeOf("x"), log: this.#axes.xLog, from: 0, to: width },
      y: { range: this.#rangeOf("y"), log: this.#axes.yLog, from: height, to: 0 },
    };
  }

  /** The element over the plot's area, without the axes. */
  get area(): HTMLElement {
    return this.#uplot.over;
  }

  get lines(): readonly L[] {
    return this.#content.lines;
  }

  /** The crosshair at a value of x (null: none), when somebody points at another chart. */
  showCrosshair(x: number | null): void {
    const left = x === null ? -10 : this.#uplot.valToPos(x, "x");
    const isInside = left >= 0 && left <= this.#uplot.over.clientWidth;
    this.#uplot.setCursor({ left: isInside ? left : -10, top: isInside ? 0 : -10 }, false);
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
    const { x, y } = this.#ranges();
    const scale = (log: boolean, [min, max]: Range): uPlot.Scale => ({
      time: false,
      auto: false,
      distr: log ? 3 : 1,
      range: (_plot, from, to) => [from, to],
      min,
      max,
    });
    return {
      width: Math.max(width, 1),
      height: Math.max(height, 1),
      padding: [10, 12, 0, 0],
      legend: { show: false },
      series: [{}],
      scales: { x: scale(this.#axes.xLog, x), y: scale(this.#axes.yLog, y) },
      axes: [
        this.#axis({
          scale: "x",
          quantity: this.#axes.xQuantity,
          log: this.#axes.xLog,
          size: X_AXIS_HEIGHT,
          gap: 6,
        }),
        this.#axis({
          scale: "y",
          side: 3,
          quantity: "number",
          log: this.#axes.yLog,
          size: Y_AXIS_WIDTH,
          gap: 6,
        }),
      ],
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
        setCursor: [({ cursor: { left = -10, top = -10 } }) => this.#tellPointer(left, top)],
      },
    };
  }

  #axis(options: {
    scale: "x" | "y";
    side?: uPlot.Axis.Side;
    quantity: Quantity;
    log: boolean;
    size: number;
    gap: number;
  }): uPlot.Axis {
    const { scale, side, quantity, log, size, gap } = options;
    let ticks: Tick[] = [];
    return {
      scale,
      ...(side === undefined ? {} : { side }),
      font: FONT,
      gap,
      stroke: () => this.#colours.muted,
      grid: { stroke: () => this.#colours.grid, width: 1 },
      ticks: { show: false },
      size:
        scale === "x"
          ? size
          : // The same for all charts, so that their x axes line up, unless numbers would be cut.
            (_plot, labels) => Math.max(size, ...(labels ?? []).map((label) => label.length * 6.4 + gap + 4)),
      // Ticks are ours: uPlot need not look for a distance between them.
      incrs: (_plot, _axis, min, max) => [max - min],
      splits: (plot, _axis, min, max) => {
        const length =
          scale === "x" ? plot.over.clientWidth || plot.width : plot.over.clientHeight || plot.height;
        const most = Math.max(2, Math.floor(length / (scale === "x" ? 72 : 38)));
        ticks = ticksOf([min, max], quantity, { most, log });
        return ticks.map(({ at }) => at);
      },
      filter: (_plot, splits) => splits,
      values: () => ticks.map(({ label }) => label),
    };
  }

  #redraw(): void {
    this.#content = this.#read();
    const { x, y } = this.#ranges();
    this.#uplot.batch(() => {
      this.#uplot.setScale("x", { min: x[0], max: x[1] });
      this.#uplot.setScale("y", { min: y[0], max: y[1] });
    });
  }

  #ranges(): { x: Range; y: Range } {
    const { lines, zoom, withoutOutliers } = this.#content;
    const { xLog, yLog } = this.#axes;
    return {
      x: showable(zoom?.x, xLog) ?? xRangeOf(lines, xLog),
      y: showable(zoom?.y, yLog) ?? yRangeOf(lines, showable(zoom?.x, xLog), { log: yLog, withoutOutliers }),
    };
  }

  #rangeOf(scale: "x" | "y"): Range {
    const { min, max } = this.#uplot.scales[scale]!;
    return [min ?? 0, max ?? 1];
  }

  #paint(): void {
    const { withoutOutliers, zoom, lines } = this.#content;
    const { left, top, width, height } = this.#uplot.bbox;
    const painting: Painting = {
      context: this.#uplot.ctx,
      x: { range: this.#rangeOf("x"), log: this.#axes.xLog, from: left, to: left + width },
      y: { range: this.#rangeOf("y"), log: this.#axes.yLog, from: top + height, to: top },
      ratio: uPlot.pxRatio,
      background: this.#colours.background,
    };
    paintLines(painting, lines, withoutOutliers && !zoom?.y ? "all" : "infinite");
    this.#events.onDrawn();
  }

  #drawOverlay(): void {
    if (!this.#emphasis) {
      this.#overlay?.remove();
      this.#overlay = null;
      return;
    }
    const { clientWidth, clientHeight } = this.#uplot.over;
    const ratio = uPlot.pxRatio;
    const canvas = (this.#overlay ??= document.createElement("canvas"));
    canvas.width = clientWidth * ratio;
    canvas.height = clientHeight * ratio;
    canvas.className = "emphasis";
    if (!canvas.isConnected) this.#uplot.over.prepend(canvas);
    const context = canvas.getContext("2d");
    if (!context) return;
    const { x, y } = this.scales;
    const painting: Painting = {
      context,
      x: { ...x, to: x.to * ratio },
      y: { ...y, from: y.from * ratio },
      ratio,
      background: this.#colours.background,
    };
    if (this.#emphasis.line) paintEmphasised(painting, this.#emphasis.line);
    for (const dot of this.#emphasis.dots) {
      const place = {
        x: this.#uplot.valToPos(dot.x, "x") * ratio,
        y: this.#uplot.valToPos(dot.y, "y") * ratio,
      };
      if (place.y < 0 || place.y > canvas.height) continue;
      paintDot(painting, place, dot.colour, dot.large ? 4 : 2.5);
    }
  }

  #zoomToSelection(): void {
    const plot = this.#uplot;
    const { left, top, width, height } = plot.select;
    const zoom: Zoom = { ...this.#content.zoom };
    if (width < plot.over.clientWidth) zoom.x = [plot.posToVal(left, "x"), plot.posToVal(left + width, "x")];
    if (height < plot.over.clientHeight) zoom.y = [plot.posToVal(top + height, "y"), plot.posToVal(top, "y")];
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.#events.onZoom(zoom);
  }

  #tellPointer(left: number, top: number): void {
    this.#events.onPointer(left < 0 || top < 0 ? null : { x: left, y: top });
  }
}
