/** A chart as an SVG that stands alone: title, axes with titles, lines, legend, and what somebody wrote to places of it. */
import { figureFlags } from "./figureFlags";
import { bandOpacityOf, traceBand } from "./bands";
import type { Flag } from "./flags";
import {
  behindOpacityOf,
  PointPen,
  pointRadiusOf,
  projection,
  rawOpacityOf,
  SUPERSEDED_OPACITY,
  trace,
  type Line,
  type Pen,
  type Scale,
  type Tracing,
} from "./lines";
import { MARK_SIZES, MarkCollector } from "./marks";
import type { Range } from "./ranges";
import { attributes, CHARACTER_WIDTH, escape, round, shortened, textSvg, type Attributes } from "./svg";
import { ticksOf, type Quantity } from "./ticks";

export interface FigureAxis {
  title: string;
  range: Range;
  log: boolean;
  quantity: Quantity;
}

export interface FigureColours {
  background: string;
  text: string;
  muted: string;
  grid: string;
}

export interface Figure {
  title: string;
  width: number;
  /** Without the legend and what somebody wrote, which are put below and make the picture higher. */
  height: number;
  x: FigureAxis;
  y: FigureAxis;
  /** The y axis at the right, if there is one. */
  right?: FigureAxis | null;
  lines: readonly Line[];
  edges: "all" | "infinite";
  /** What somebody wrote to places of it. */
  flags: readonly Flag[];
  colours: FigureColours;
}

const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif";
const MARGIN = { top: 44, right: 20, bottom: 52, left: 72 };
const LEGEND_ROW = 20;
const LINE_WIDTH = 1.5;
const LONGEST_NAME = 60;

export function figureSvg(figure: Figure): string {
  const { width, height, colours, x, y } = figure;
  const left = MARGIN.left;
  const right = width - (figure.right ? MARGIN.left : MARGIN.right);
  const bottom = height - MARGIN.bottom;
  const xScale: Scale = { range: x.range, log: x.log, from: left, to: right };
  const yScale: Scale = { range: y.range, log: y.log, from: bottom, to: MARGIN.top };
  const rightScale: Scale | null = figure.right
    ? { ...yScale, range: figure.right.range, log: figure.right.log }
    : null;
  const yOf = ({ axis }: Line) => (axis === "right" ? (rightScale ?? yScale) : yScale);
  const filled = bandOpacityOf(figure.lines.filter(({ band }) => band).length);
  const legend = legendOf(
    figure.lines.filter(({ behind }) => !behind),
    width - 2 * MARGIN.right,
  );
  const flags = figureFlags(
    figure.flags,
    { x: xScale, y: yScale },
    { width: width - 2 * MARGIN.right, colours },
  );
  const below = height + partHeight(legend.rows);
  const total = below + partHeight(flags.texts.length);
  const plot = { x: left, y: MARGIN.top, width: right - left, height: bottom - MARGIN.top };
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${total}" viewBox="0 0 ${width} ${total}" font-family="${FONT}" font-size="12" role="img" aria-label="${escape(figure.title)}">`,
    `<rect width="100%" height="100%" fill="${colours.background}"/>`,
    `<clipPath id="plot"><rect ${attributes(plot)}/></clipPath>`,
    textSvg(left, 26, figure.title, { fill: colours.text, "font-size": 15, "font-weight": 600 }),
    ...xTicks(figure, xScale, bottom),
    ...yTicks(figure, yScale, left, right),
    textSvg((left + right) / 2, height - 12, x.title, { fill: colours.muted, "text-anchor": "middle" }),
    textSvg(-(MARGIN.top + bottom) / 2, 18, y.title, {
      fill: colours.muted,
      "text-anchor": "middle",
      transform: "rotate(-90)",
    }),
    ...(figure.right && rightScale ? rightTicks(figure.right, rightScale, right, colours) : []),
    ...flags.bands,
    ...figure.lines.map((line) => bandSvg(line, xScale, yOf(line), filled)),
    ...figure.lines.map((line) => lineSvg(line, xScale, yOf(line), figure)),
    ...flags.places,
    `<g transform="translate(${MARGIN.right} ${height + 4})">`,
    ...legend.entries.map(({ line, column, row }) =>
      legendEntry(line, column * legend.columnWidth, row * LEGEND_ROW, colours.text),
    ),
    "</g>",
    ...flags.texts.map((words, row) =>
      textSvg(MARGIN.right, below + row * LEGEND_ROW + 14, words, { fill: colours.text }),
    ),
    "</svg>",
  ].join("\n");
}

/** Of what stands below the chart in rows. */
function partHeight(rows: number): number {
  return rows > 0 ? rows * LEGEND_ROW + 12 : 0;
}

function xTicks({ x, colours }: Figure, scale: Scale, bottom: number): string[] {
  const toX = projection(scale);
  const about = Math.max(2, Math.floor((scale.to - scale.from) / 80));
  return ticksOf(x.range, x.quantity, { about, log: x.log }).flatMap(({ at, label }) => {
    const position = round(toX(at));
    const line = { x1: position, x2: position, y1: MARGIN.top, y2: bottom, stroke: colours.grid };
    return [
      `<line ${attributes(line)}/>`,
      label && textSvg(position, bottom + 18, label, { fill: colours.muted, "text-anchor": "middle" }),
    ];
  });
}

function yTicks({ y, colours }: Figure, scale: Scale, left: number, right: number): string[] {
  const toY = projection(scale);
  const about = Math.max(2, Math.floor((scale.from - scale.to) / 40));
  return ticksOf(y.range, y.quantity, { about, log: y.log }).flatMap(({ at, label }) => {
    const position = round(toY(at));
    const line = { x1: left, x2: right, y1: position, y2: position, stroke: colours.grid };
    return [
      `<line ${attributes(line)}/>`,
      label && textSvg(left - 8, position + 4, label, { fill: colours.muted, "text-anchor": "end" }),
    ];
  });
}

function rightTicks(axis: FigureAxis, scale: Scale, right: number, colours: FigureColours): string[] {
  const toY = projection(scale);
  const about = Math.max(2, Math.floor((scale.from - scale.to) / 40));
  const [middle, edge] = [(scale.from + scale.to) / 2, right + MARGIN.left - 18];
  return [
    ...ticksOf(axis.range, axis.quantity, { about, log: axis.log }).map(
      ({ at, label }) => label && textSvg(right + 8, round(toY(at)) + 4, label, { fill: colours.muted }),
    ),
    textSvg(-middle, edge, axis.title, {
      fill: colours.muted,
      "text-anchor": "middle",
      transform: "rotate(-90)",
    }),
  ];
}

function bandSvg(line: Line, x: Scale, y: Scale, opacity: number): string {
  if (!line.band) return "";
  const pen = new PathPen();
  traceBand(line, x, y, pen);
  return `<g clip-path="url(#plot)">${pathSvg(pen, { fill: line.colour, "fill-opacity": opacity, stroke: "none" })}</g>`;
}

function lineSvg(line: Line, x: Scale, y: Scale, { lines, edges, colours }: Figure): string {
  const marks = new MarkCollector(x, y, edges);
  const paths = line.smoothed
    ? [
        ...strokes({ line, values: line.y, x, y }, { opacity: rawOpacityOf(lines.length), width: 1 }, marks),
        ...strokes(
          { line, values: line.smoothed, x, y },
          { opacity: 1, width: line.width ?? LINE_WIDTH, dash: line.dash },
        ),
      ]
    : strokes(
        { line, values: line.y, x, y },
        line.behind
          ? { opacity: behindOpacityOf(lines.length), width: 1 }
          : { opacity: 1, width: line.width ?? LINE_WIDTH, dash: line.dash },
        line.behind ? undefined : marks,
      );
  return [
    `<g stroke="${escape(line.colour)}" fill="${escape(line.colour)}" stroke-width="${LINE_WIDTH}" stroke-linejoin="round">`,
    `<title>${escape(line.name)}</title>`,
    `<g clip-path="url(#plot)" fill="none">${paths.join("")}</g>`,
    ...marks.notNumbers.map((place) => crossSvg(place.x, place.y, MARK_SIZES.notANumber)),
    ...marks.restarts.map(
      ({ x: cx, y: cy }) =>
        `<circle ${attributes({ cx: round(cx), cy: round(cy), r: MARK_SIZES.restart, fill: colours.background })}/>`,
    ),
    ...marks.singles.map(
      ({ x: cx, y: cy }) =>
        `<circle ${attributes({ cx: round(cx), cy: round(cy), r: MARK_SIZES.single, stroke: "none" })}/>`,
    ),
    ...marks.upper.map((place) => triangleSvg(place.x, place.y, MARK_SIZES.beyond)),
    ...marks.lower.map((place) => triangleSvg(place.x, place.y, -MARK_SIZES.beyond)),
    "</g>",
  ].join("");
}

function strokes(
  tracing: Omit<Tracing, "part">,
  { opacity, width, dash = [] }: { opacity: number; width: number; dash?: readonly number[] | undefined },
  marks?: MarkCollector,
): string[] {
  return (["superseded", "current"] as const).map((part) => {
    const { line } = tracing;
    const pen = new PathPen();
    const radius = pointRadiusOf(line);
    const points = new PointPen((x, y) => pen.circle(x, y, radius));
    trace({ ...tracing, part }, line.scattered ? points : pen, marks);
    if (line.scattered)
      return pathSvg(pen, {
        fill: line.colour,
        stroke: "none",
        ...(part === "superseded" && { "fill-opacity": SUPERSEDED_OPACITY }),
      });
    const shown = part === "current" ? opacity : opacity * SUPERSEDED_OPACITY;
    return pathSvg(pen, {
      ...(shown < 1 && { "stroke-opacity": shown }),
      ...(width !== LINE_WIDTH && { "stroke-width": width }),
      ...(dash.length > 0 && { "stroke-dasharray": dash.join(" ") }),
    });
  });
}

class PathPen implements Pen {
  #commands = "";

  moveTo(x: number, y: number): void {
    this.#commands += `M${round(x)} ${round(y)}`;
  }

  lineTo(x: number, y: number): void {
    this.#commands += `L${round(x)} ${round(y)}`;
  }

  circle(x: number, y: number, radius: number): void {
    const [r, width] = [round(radius), round(2 * radius)];
    this.#commands += `M${round(x - r)} ${round(y)}a${r} ${r} 0 1 0 ${width} 0a${r} ${r} 0 1 0 ${-width} 0`;
  }

  get commands(): string {
    return this.#commands;
  }
}

function pathSvg(pen: PathPen, style: Attributes): string {
  return pen.commands && `<path ${attributes({ d: pen.commands, ...style })}/>`;
}

function crossSvg(x: number, y: number, size: number): string {
  const [left, right, top, bottom] = [x - size, x + size, y - size, y + size].map(round);
  return `<path d="M${left} ${top}L${right} ${bottom}M${left} ${bottom}L${right} ${top}"/>`;
}

function triangleSvg(x: number, y: number, height: number): string {
  const half = Math.abs(height) * 0.6;
  const [left, right, base] = [x - half, x + half, y + height].map(round);
  return `<path stroke="none" d="M${round(x)} ${round(y)}L${left} ${base}L${right} ${base}Z"/>`;
}

function legendOf(lines: readonly Line[], width: number) {
  // Several lines of one experiment (its writers) have names of their own; equal entries say nothing new.
  const distinct = [...new Map(lines.map((line) => [`${line.name} ${line.colour}`, line])).values()];
  const longest = Math.max(0, ...distinct.map(({ name }) => Math.min(name.length, LONGEST_NAME)));
  const columnWidth = Math.min(width, longest * CHARACTER_WIDTH + 44);
  const columns = Math.max(1, Math.floor(width / Math.max(1, columnWidth)));
  return {
    columnWidth,
    rows: Math.ceil(distinct.length / columns),
    entries: distinct.map((line, index) => ({
      line,
      column: index % columns,
      row: Math.floor(index / columns),
    })),
  };
}

function legendEntry({ name, colour, dash = [] }: Line, x: number, y: number, textColour: string): string {
  const mark =
    dash.length > 0
      ? `<path ${attributes({ d: `M${x} ${y + 5.5}h18`, stroke: colour, "stroke-width": 2.5, "stroke-dasharray": dash.join(" ") })}/>`
      : `<rect ${attributes({ x, y: y + 4, width: 16, height: 3, rx: 1.5, fill: colour })}/>`;
  return `${mark}${textSvg(x + 22, y + 10, shortened(name, LONGEST_NAME), { fill: textColour })}`;
}
