/** What pictures painted by script have in common: the area inside the axes, and the axes. */
import type { FigureColours } from "./figure";
import type { FlagArea } from "./flags";
import { projection, type Scale } from "./lines";
import type { Range } from "./ranges";
import { ticksOf, type Tick } from "./ticks";

export interface Size {
  width: number;
  height: number;
}

/** Paints on a canvas in CSS pixels. Says how much that was (`frames.Work`). */
export type Paint<Content> = (
  context: CanvasRenderingContext2D,
  content: Content,
  size: Size,
  colours: FigureColours,
) => number;

/** Both axes, and what they show. y grows upwards. */
export interface Area {
  x: Scale;
  y: Scale;
}

export interface AreaOptions {
  x: Range;
  y: Range;
  /** y grows downwards, as the rows of a matrix. */
  down?: boolean;
  /** Nothing stands beside y. */
  withoutY?: boolean;
}

/** Of what somebody has written to places of it. */
export function flagAreaOf({ x, y }: Area): FlagArea {
  const [left, top] = [x.from, Math.min(y.from, y.to)];
  return {
    left,
    top,
    width: x.to - left,
    height: Math.max(y.from, y.to) - top,
    x: { ...x, from: 0, to: x.to - left },
    y: { ...y, from: y.from - top, to: y.to - top },
  };
}

const MARGIN = { top: 10, right: 22, bottom: 24, left: 56, alone: 16 };
const X_TICK_DISTANCE = 80;
const Y_TICK_DISTANCE = 34;
const FONT = "11px system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif";
const TICK_GAP = 6;

export function areaOf({ width, height }: Size, { x, y, down, withoutY }: AreaOptions): Area {
  const left = withoutY ? MARGIN.alone : MARGIN.left;
  const [top, bottom] = [MARGIN.top, Math.max(MARGIN.top + 1, height - MARGIN.bottom)];
  return {
    x: { range: x, log: false, from: left, to: Math.max(left + 1, width - MARGIN.right) },
    y: { range: y, log: false, from: down ? top : bottom, to: down ? bottom : top },
  };
}

/**
 * The grid with its numbers, or the numbers alone where the picture fills the area (`ontop`). `cells`: the numbers count
 * cells, not values between them.
 */
export function paintAxes(
  context: CanvasRenderingContext2D,
  { x, y }: Area,
  colours: FigureColours,
  { withoutY = false, ontop = false, cells = false } = {},
): void {
  const [top, bottom] = [Math.min(y.from, y.to), Math.max(y.from, y.to)];
  context.font = FONT;
  context.fillStyle = colours.muted;
  context.strokeStyle = colours.grid;
  context.lineWidth = 1;
  context.beginPath();
  const toX = projection(x);
  const toY = projection(y);
  context.textAlign = "center";
  context.textBaseline = "top";
  const ticks = cells ? cellTicks : valueTicks;
  for (const { at, label } of ticks(x.range, aboutTicks(x.to - x.from, X_TICK_DISTANCE))) {
    const position = Math.round(toX(at)) + 0.5;
    if (!ontop) line(context, position, top, position, bottom);
    context.fillText(label, position, bottom + TICK_GAP);
  }
  if (!withoutY) {
    context.textAlign = "right";
    context.textBaseline = "middle";
    for (const { at, label } of ticks(y.range, aboutTicks(bottom - top, Y_TICK_DISTANCE))) {
      const position = Math.round(toY(at)) + 0.5;
      if (!ontop) line(context, x.from, position, x.to, position);
      context.fillText(label, x.from - TICK_GAP, position);
    }
  }
  context.stroke();
}

function valueTicks(range: Range, about: number): Tick[] {
  return ticksOf(range, "number", { about });
}

/** Where each number is a cell of width 1: its label stands at the middle. */
function cellTicks([first, end]: Range, about: number): Tick[] {
  const stride = Math.max(1, Math.ceil((end - first) / about));
  const begin = Math.ceil(first / stride) * stride;
  const count = Math.max(0, Math.ceil((end - begin) / stride));
  return Array.from({ length: count }, (_, index) => begin + index * stride).map((place) => ({
    at: place + 0.5,
    label: String(place),
  }));
}

function aboutTicks(length: number, distance: number): number {
  return Math.max(2, Math.min(12, Math.floor(length / distance)));
}

function line(context: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void {
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
}
