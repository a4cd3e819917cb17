/** Lines on a canvas. */
import { bandOpacityOf, traceBand } from "./bands";
import {
  behindOpacityOf,
  PointPen,
  pointRadiusOf,
  rawOpacityOf,
  SUPERSEDED_OPACITY,
  trace,
  type Line,
  type Scale,
} from "./lines";
import { MARK_SIZES, MarkCollector, type Place } from "./marks";

export interface Painting {
  context: CanvasRenderingContext2D;
  /** In device pixels. */
  x: Scale;
  y: Scale;
  /** Of the y axis at the right, if there is one. */
  right?: Scale | null;
  /** Device pixels in a CSS pixel. */
  ratio: number;
  background: string;
}

/**
 * Where a canvas is drawn in software, lines of one device pixel are six to ten times as fast as wider ones. Where lines
 * are this dense (points to a pixel of width), a chart looks the same with them.
 */
const DENSE = 16;
/** So many smoothed lines can be told apart; more are thin, too. */
const FEW_LINES = 40;
/** CSS pixels of a line; an average stands out from what it is made of. */
const WIDTH = 1.5;
const WIDTH_OF_AVERAGE = 2;
/** How much of the others is covered where some lines are raised. */
const VEIL = 0.75;
/** What a point of a wider line costs. */
const THICK_COST = 7;
/** So many points are much work with wider lines. One that is not wider than two device pixels is then two thin ones. */
const MUCH = 4000;
const MOST_OF_TWO = 2;

/** How much it is to paint these lines, in points drawn with a thin line. `ratio`: device pixels in a CSS pixel. */
export function costOf(lines: readonly Line[], width: number, ratio: number): number {
  const points = countPoints(lines);
  const thick = points > MUCH && WIDTH * ratio <= MOST_OF_TWO ? 2 : THICK_COST;
  const isSmoothed = Boolean(lines[0]?.smoothed);
  const raw = points * (isDense(points, width) || isSmoothed ? 1 : thick);
  return raw + (isSmoothed ? points * (lines.length > FEW_LINES ? 1 : thick) : 0);
}

function countPoints(lines: readonly Line[]): number {
  return lines.reduce((sum, line) => sum + line.length, 0);
}

function isDense(points: number, width: number): boolean {
  return points > DENSE * width;
}

/** `edges`: which values beyond the upper and lower edge are marked. */
export function paintLines(painting: Painting, lines: readonly Line[], edges: "all" | "infinite"): void {
  const { context, ratio, x } = painting;
  const points = countPoints(lines);
  const dense = isDense(points, (x.to - x.from) / ratio);
  const isMuch = points > MUCH;
  const marks = lines.map((line) => new MarkCollector(x, yOf(painting, line), edges, ratio));
  // uPlot remembers what it has set on the context, so everything is put back.
  context.save();
  context.save();
  clip(painting);
  context.lineJoin = "bevel";
  const raw = rawOpacityOf(lines.length);
  const behind = behindOpacityOf(lines.length);
  const filled = bandOpacityOf(lines.filter(({ band }) => band).length);
  for (const line of lines) fillBand(painting, line, filled);
  lines.forEach((line, index) => {
    context.lineWidth =
      (dense && !line.width) || line.smoothed || line.behind ? 1 : strokeWidth(line) * ratio;
    setDash(painting, line.smoothed ? undefined : line.dash);
    const opacity = line.smoothed ? raw : line.behind ? behind : 1;
    strokeLine(painting, line, line.y, { opacity, isMuch, marks: marks[index] });
  });
  for (const line of lines) {
    context.lineWidth = line.width ? line.width * ratio : lines.length > FEW_LINES ? 1 : WIDTH * ratio;
    setDash(painting, line.dash);
    if (line.smoothed) strokeLine(painting, line, line.smoothed, { opacity: 1, isMuch });
  }
  context.restore();
  lines.forEach((line, index) => {
    if (!line.behind) paintMarks(painting, line.colour, marks[index]!);
  });
  context.restore();
}

/** One line again, stronger, above the others. */
export function paintEmphasised(painting: Painting, line: Line): void {
  const { context, ratio } = painting;
  context.save();
  clip(painting);
  context.lineJoin = "bevel";
  fillBand(painting, line, bandOpacityOf(1));
  context.lineWidth = Math.max(2.5, (line.width ?? 0) + 1) * ratio;
  setDash(painting, line.dash);
  strokeLine(painting, line, line.smoothed ?? line.y, { opacity: 1, isMuch: false });
  context.restore();
}

/** Over what is drawn: these lines stand out, and all else is pale. */
export function paintRaised(painting: Painting, raised: readonly Line[]): void {
  const { context, x, y, background } = painting;
  context.save();
  context.globalAlpha = VEIL;
  context.fillStyle = background;
  context.fillRect(x.from, y.to, x.to - x.from, y.from - y.to);
  context.restore();
  for (const line of raised) paintEmphasised(painting, line);
}

function setDash({ context, ratio }: Painting, dash: readonly number[] = []): void {
  context.setLineDash(dash.map((length) => length * ratio));
}

/** A dot with a rim, so that it stands out from the lines below. `radius` in CSS pixels. */
export function paintDot(painting: Painting, place: Place, colour: string, radius: number): void {
  const { context, ratio, background } = painting;
  context.fillStyle = background;
  circle(context, place, (radius + 1.5) * ratio);
  context.fill();
  context.fillStyle = colour;
  circle(context, place, radius * ratio);
  context.fill();
}

function strokeWidth({ members, width }: Line): number {
  return width ?? (members ? WIDTH_OF_AVERAGE : WIDTH);
}

function yOf({ y, right }: Painting, line: Line): Scale {
  return line.axis === "right" ? (right ?? y) : y;
}

function fillBand(painting: Painting, line: Line, opacity: number): void {
  if (!line.band) return;
  const { context, x } = painting;
  context.globalAlpha = opacity;
  context.fillStyle = line.colour;
  context.beginPath();
  traceBand(line, x, yOf(painting, line), context);
  context.fill();
  context.globalAlpha = 1;
}

interface Stroke {
  opacity: number;
  /** Whether many points are drawn beside it. */
  isMuch: boolean;
  marks?: MarkCollector | undefined;
}

function strokeLine(
  painting: Painting,
  line: Line,
  values: Float64Array,
  { opacity, isMuch, marks }: Stroke,
): void {
  const { context, x, ratio } = painting;
  const y = yOf(painting, line);
  context.strokeStyle = line.colour;
  context.fillStyle = line.colour;
  for (const part of ["superseded", "current"] as const) {
    if (part === "superseded" && line.segments.length === 0) continue;
    context.globalAlpha = part === "current" ? opacity : opacity * SUPERSEDED_OPACITY;
    const path = new Path2D();
    const radius = pointRadiusOf(line) * ratio;
    const pen = line.scattered ? new PointPen((x, y) => addCircle(path, { x, y }, radius)) : path;
    trace({ line, values, x, y, part }, pen, marks);
    if (line.scattered) context.fill(path);
    else if (isMuch && context.globalAlpha === 1) strokeQuickly(context, path);
    else context.stroke(path);
  }
}

/** As `stroke`, but a somewhat wider line is two thin ones, one a little higher and one a little lower. */
function strokeQuickly(context: CanvasRenderingContext2D, path: Path2D): void {
  const { lineWidth: width } = context;
  if (width <= 1 || width > MOST_OF_TWO) {
    context.stroke(path);
    return;
  }
  const aside = (width - 1) / 2;
  context.lineWidth = 1;
  context.translate(0, -aside);
  context.stroke(path);
  context.translate(0, 2 * aside);
  context.stroke(path);
  context.translate(0, -aside);
  context.lineWidth = width;
}

/** Marks may reach over the edge of the plot, so that none is cut. */
function paintMarks({ context, ratio, background }: Painting, colour: string, marks: MarkCollector): void {
  context.strokeStyle = colour;
  context.lineWidth = 1.5 * ratio;
  for (const { x, y } of marks.notNumbers) {
    const size = MARK_SIZES.notANumber * ratio;
    context.beginPath();
    context.moveTo(x - size, y - size);
    context.lineTo(x + size, y + size);
    context.moveTo(x - size, y + size);
    context.lineTo(x + size, y - size);
    context.stroke();
  }
  context.fillStyle = background;
  for (const place of marks.restarts) {
    circle(context, place, MARK_SIZES.restart * ratio);
    context.fill();
    context.stroke();
  }
  context.fillStyle = colour;
  for (const place of marks.singles) {
    circle(context, place, MARK_SIZES.single * ratio);
    context.fill();
  }
  for (const place of marks.upper) triangle(context, place, MARK_SIZES.beyond * ratio);
  for (const place of marks.lower) triangle(context, place, -MARK_SIZES.beyond * ratio);
}

/** With its tip at the place; `height` downwards. */
function triangle(context: CanvasRenderingContext2D, { x, y }: Place, height: number): void {
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x - Math.abs(height) * 0.6, y + height);
  context.lineTo(x + Math.abs(height) * 0.6, y + height);
  context.fill();
}

function circle(context: CanvasRenderingContext2D, place: Place, radius: number): void {
  context.beginPath();
  addCircle(context, place, radius);
}

/** Joined with nothing that is in the path already. */
function addCircle(path: CanvasPath, { x, y }: Place, radius: number): void {
  path.moveTo(x + radius, y);
  path.arc(x, y, radius, 0, 2 * Math.PI);
}

function clip({ context, x, y }: Painting): void {
  context.beginPath();
  context.rect(x.from, y.to, x.to - x.from, y.from - y.to);
  context.clip();
}
