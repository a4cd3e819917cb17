/**
 * A thin wrapper around uPlot, which brings the canvas, axes, crosshair and the box that is dragged. Lines are drawn by
 * paint.ts: every series keeps its own steps (uPlot wants one x column for all), may hold NaN, and costs no element.
 *
 * uPlot's own scales are 0 to 1 on both axes; what they stand for is decided here, so that a logarithmic axis is a
 * matter of the next redraw, and ticks do not end at the 17 digits that uPlot can tell apart.
 */
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { FigureColours } from "./figure";
import type { Flag } from "./flags";
import { cancelFrame, inFrame } from "./frames";
import type { WithoutOutliers } from "./lineRanges";
import { projection, valueAt, type Line } from "./lines";
import type { Place } from "./marks";
import { costOf, paintDot, paintEmphasised, paintLines, paintRaised, type Painting } from "./paint";
import { rangesOf, type Ranges, type Scales } from "./plotRanges";
import type { Range } from "./ranges";
import { Redraws } from "./redraws";
import { ticksOf, type Quantity, type Tick } from "./ticks";

/** What part of a chart is shown; an axis that is not named shows what is there. */
export interface Zoom {
  x?: Range | undefined;
  y?: Range | undefined;
}

export type Ends = readonly [number | null, number | null];

export interface PlotAxes {
  xQuantity: Quantity;
  xLog: boolean;
  yLog: boolean;
  /** Where an axis begins and ends as long as nobody zooms; null: as the values decide. */
  xEnds?: Ends | null;
  yEnds?: Ends | null;
  /** Said at the ends of the axes: what x is, where it is another label; what y is counted in. */
  xTitle?: string;
  yUnit?: string;
  rightUnit?: string;
}

type Axis = keyof Ranges;

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
  withoutOutliers: WithoutOutliers;
  /** What somebody has written to places of it. */
  flags?: readonly Flag[];
}

/** What stands out while somebody points at the chart. */
export interface Emphasis {
  line: Line | null;
  /** In values of the axes. */
  dots: readonly { x: number; y: number; axis?: "right" | undefined; colour: string; large: boolean }[];
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
const NOBODY: ReadonlySet<string> = new Set();
/** Above the plot: for half a number at the axis, and for a unit over the numbers. */
const TOP = 10;
const TOP_WITH_UNIT = 24;
const MOST_OF_TITLE = 60;
/** Of axes and grid, in points. */
const AXES_COST = 600;

export class Plot<L extends Line = Line> {
  readonly #host: HTMLElement;
  readonly #events: PlotEvents;
  readonly #uplot: uPlot;
  readonly #read: () => PlotContent<L>;
  readonly #redraws = new Redraws(() => this.#redraw());
  readonly #fit = () => this.#fitHost();
  readonly #overdraw = () => this.#drawOverlay();
  #colours: FigureColours;
  #content: PlotContent<L>;
  #shown: Ranges;
  #overlay: HTMLCanvasElement | null = null;
  #emphasis: Emphasis | null = null;
  #raised: ReadonlySet<string> = NOBODY;

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
    this.#redraws.end();
    cancelFrame(this.#fit);
    cancelFrame(this.#overdraw);
    this.#uplot.destroy();
  }

  /** Draw anew in one of the next frames in which it can be seen, with what `read` then says. */
  invalidate(): void {
    this.#redraws.ask();
  }

  set inSight(inSight: boolean) {
    this.#redraws.inSight = inSight;
  }

  /** For what a hand moves: without waiting for its turn among other charts. */
  redrawNow(): void {
    this.#redraws.now();
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
  get scales(): Scales {
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

  /** The crosshair at a value of x (null: none), without telling of it: for who points at another chart, or near it. */
  showCrosshair(x: number | null, top = 0): void {
    const left = x === null ? NOWHERE : projection(this.scales.x)(x);
    const isInside = left >= 0 && left <= this.#uplot.over.clientWidth;
    this.#uplot.setCursor({ left: isInside ? left : NOWHERE, top: isInside ? top : NOWHERE }, false);
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

  /** The lines of these experiments stand out in one of the next frames; the others are not drawn anew. */
  raise(experiments: ReadonlySet<string>): void {
    if (experiments.size === 0 && this.#raised.size === 0) return;
    this.#raised = experiments;
    inFrame(this.#overdraw);
  }

  #uplotOptions(): uPlot.Options {
    const { clientWidth: width, clientHeight: height } = this.#host;
    const scale: uPlot.Scale = { time: false, auto: false, range: [0, 1], min: 0, max: 1 };
    return {
      width: Math.max(width, 1),
      height: Math.max(height, 1),
      padding: [() => (this.#hasUnit ? TOP_WITH_UNIT : TOP), () => (this.#shown.right ? 0 : 18), 0, 0],
      legend: { show: false },
      series: [{}],
      scales: { x: { ...scale }, y: { ...scale } },
      axes: [this.#axis("x"), this.#axis("y"), this.#axis("right")],
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

  get #hasUnit(): boolean {
    const { yUnit, rightUnit } = this.#content.axes;
    return Boolean(yUnit ?? rightUnit);
  }

  #axis(axis: Axis): uPlot.Axis {
    let ticks: Tick[] = [];
    return {
      scale: axis === "right" ? "y" : axis,
      side: { x: 2, y: 3, right: 1 }[axis],
      font: FONT,
      gap: TICK_GAP,
      stroke: () => this.#colours.muted,
      grid: { show: axis !== "right", stroke: () => this.#colours.grid, width: 1 },
      ticks: { show: false },
      // The same height and width for all charts, so that their axes line up, unless numbers would be cut.
      size: (_plot, labels) => {
        if (axis === "x") return X_AXIS_HEIGHT;
        if (axis === "right" && !this.#shown.right) return 0;
        const longest = Math.max(0, ...(labels ?? []).map((label) => label.length));
        return Math.max(Y_AXIS_WIDTH, longest * CHARACTER_WIDTH + TICK_GAP + 4);
      },
      // Ticks are ours: uPlot need not look for a distance between them.
      incrs: [1],
      splits: ({ over, width, height }) => {
        const length = axis === "x" ? over.clientWidth || width : over.clientHeight || height;
        ticks = this.#ticks(axis, length);
        const scale = this.#scalesOn(UNIT)[axis];
        if (!scale) return [];
        const toShare = projection(scale);
        return ticks.map(({ at }) => toShare(at));
      },
      filter: (_plot, splits) => splits,
      values: () => ticks.map(({ label }) => label),
    };
  }

  #ticks(axis: Axis, length: number): Tick[] {
    const range = this.#shown[axis];
    if (!range) return [];
    const { xQuantity, xLog, yLog } = this.#content.axes;
    const [quantity, log, distance] =
      axis === "x"
        ? ([xQuantity, xLog, X_TICK_DISTANCE] as const)
        : (["number", yLog, Y_TICK_DISTANCE] as const);
    return ticksOf(range, quantity, {
      about: Math.max(2, Math.min(MOST_TICKS, Math.floor(length / distance))),
      log,
    });
  }

  /** Returns how much that was. */
  #redraw(): number {
    this.#content = this.#read();
    this.#shown = rangesOf(this.#content);
    this.#uplot.redraw(false, true);
    return AXES_COST + costOf(this.#content.lines, this.#uplot.over.clientWidth, uPlot.pxRatio);
  }

  #fitHost(): number {
    const { clientWidth: width, clientHeight: height } = this.#host;
    const fits = width === this.#uplot.width && height === this.#uplot.height;
    if (fits || width === 0 || height === 0) return 0;
    this.#uplot.setSize({ width, height });
    return AXES_COST + costOf(this.#content.lines, width, uPlot.pxRatio);
  }

  #scalesOn({ left, top, width, height }: Box): Scales {
    const { xLog, yLog } = this.#content.axes;
    const upright = { log: yLog, from: top + height, to: top };
    return {
      x: { range: this.#shown.x, log: xLog, from: left, to: left + width },
      y: { range: this.#shown.y, ...upright },
      right: this.#shown.right && { range: this.#shown.right, ...upright },
    };
  }

  #paint(): void {
    const { withoutOutliers, zoom, lines } = this.#content;
    const painting = this.#painting(this.#uplot.ctx, this.#uplot.bbox);
    paintLines(painting, lines, withoutOutliers && !zoom?.y ? "all" : "infinite");
    this.#paintTitles();
    if (this.#raised.size > 0) this.#drawOverlay();
    this.#events.onDrawn();
  }

  #paintTitles(): void {
    const { xTitle, yUnit, rightUnit } = this.#content.axes;
    if (!xTitle && !this.#hasUnit) return;
    const { ctx: context, bbox } = this.#uplot;
    const ratio = uPlot.pxRatio;
    context.save();
    context.font = FONT.replace(/^\d+/, (size) => String(Number(size) * ratio));
    context.fillStyle = this.#colours.muted;
    context.textBaseline = "bottom";
    if (yUnit) {
      // Over the numbers, and beyond them if it is longer than they are.
      const end = bbox.left - TICK_GAP * ratio;
      const begin = Math.max(TICK_GAP * ratio, end - context.measureText(cut(yUnit)).width);
      context.textAlign = "left";
      context.fillText(cut(yUnit), begin, bbox.top - TICK_GAP * ratio);
    }
    if (rightUnit) {
      const begin = bbox.left + bbox.width + TICK_GAP * ratio;
      const end = begin + context.measureText(cut(rightUnit)).width;
      context.textAlign = "right";
      context.fillText(
        cut(rightUnit),
        Math.max(end, context.canvas.width - TICK_GAP * ratio),
        bbox.top - TICK_GAP * ratio,
      );
    }
    context.textAlign = "right";
    const [right, bottom] = [bbox.left + bbox.width, bbox.top + bbox.height];
    if (xTitle) context.fillText(cut(xTitle), right - TICK_GAP * ratio, bottom - 2 * ratio);
    context.restore();
  }

  #painting(context: CanvasRenderingContext2D, box: Box): Painting {
    return { context, ...this.#scalesOn(box), ratio: uPlot.pxRatio, background: this.#colours.background };
  }

  /** Returns how much that was. */
  #drawOverlay(): number {
    const raised = this.#content.lines.filter((line) => isRaised(line, this.#raised));
    if (!this.#emphasis && raised.length === 0) {
      this.#overlay?.remove();
      this.#overlay = null;
      return 0;
    }
    const { clientWidth, clientHeight } = this.#uplot.over;
    const canvas = (this.#overlay ??= document.createElement("canvas"));
    canvas.width = clientWidth * uPlot.pxRatio;
    canvas.height = clientHeight * uPlot.pxRatio;
    canvas.className = "emphasis";
    if (!canvas.isConnected) this.#uplot.over.prepend(canvas);
    const context = canvas.getContext("2d");
    if (!context) return 0;
    const painting = this.#painting(context, { left: 0, top: 0, width: canvas.width, height: canvas.height });
    if (raised.length > 0) paintRaised(painting, raised);
    if (this.#emphasis?.line) paintEmphasised(painting, this.#emphasis.line);
    const toX = projection(painting.x);
    const toY = projection(painting.y);
    const toRight = painting.right ? projection(painting.right) : toY;
    for (const { x, y, axis, colour, large } of this.#emphasis?.dots ?? []) {
      const place = { x: toX(x), y: axis ? toRight(y) : toY(y) };
      if (place.y >= 0 && place.y <= canvas.height) paintDot(painting, place, colour, large ? 4 : 2.5);
    }
    return costOf(raised, clientWidth, uPlot.pxRatio);
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

function cut(title: string): string {
  return title.length > MOST_OF_TITLE ? `${title.slice(0, MOST_OF_TITLE - 1)}…` : title;
}

/** A group as a whole stands for its experiments. */
function isRaised({ experiment = "", members, behind }: Line, raised: ReadonlySet<string>): boolean {
  if (members) return members.some((id) => raised.has(id));
  return raised.has(experiment) && !(behind && raised.size > 1);
}

interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Positions on it are parts of uPlot's scales, which grow upwards. */
const UNIT: Box = { left: 0, top: 1, width: 1, height: -1 };
