/** A chart as an SVG that stands alone: title, axes with titles, lines, legend. */
import {
  projection,
  RAW_OPACITY,
  SUPERSEDED_OPACITY,
  trace,
  type Line,
  type Pen,
  type Scale,
  type Tracing,
} from "./lines";
import { MARK_SIZES, MarkCollector } from "./marks";
import type { Range } from "./ranges";
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
  /** Without the legend, which is put below and makes the picture higher. */
  height: number;
  x: FigureAxis;
  y: FigureAxis;
  lines: readonly Line[];
  edges: "all" | "infinite";
  colours: FigureColours;
}

const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif";
const MARGIN = { top: 44, right: 20, bottom: 52, left: 72 };
const LEGEND_ROW = 20;
const LINE_WIDTH = 1.5;
/** An estimate, since without a browser no text can be measured. */
const CHARACTER_WIDTH = 6.6;
const LONGEST_NAME = 60;

export function figureSvg(figure: Figure): string {
  const { width, height, colours, x, y } = figure;
  const left = MARGIN.left;
  const right = width - MARGIN.right;
  const bottom = height - MARGIN.bottom;
  const xScale: Scale = { range: x.range, log: x.log, from: left, to: right };
  const yScale: Scale = { range: y.range, log: y.log, from: bottom, to: MARGIN.top };
  const legend = legendOf(figure.lines, width - 2 * MARGIN.right);
  const total = height + legend.rows * LEGEND_ROW + (legend.rows ? 12 : 0);
  const plot = { x: left, y: MARGIN.top, width: right - left, height: bottom - MARGIN.top };
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${total}" viewBox="0 0 ${width} ${total}" font-family="${FONT}" font-size="12" role="img" aria-label="${escape(figure.title)}">`,
    `<rect width="100%" height="100%" fill="${colours.background}"/>`,
    `<clipPath id="plot"><rect ${attributes(plot)}/></clipPath>`,
    text(left, 26, figure.title, { fill: colours.text, "font-size": 15, "font-weight": 600 }),
    ...xTicks(figure, xScale, bottom),
    ...yTicks(figure, yScale, left, right),
    text((left + right) / 2, height - 12, x.title, { fill: colours.muted, "text-anchor": "middle" }),
    text(-(MARGIN.top + bottom) / 2, 18, y.title, {
      fill: colours.muted,
      "text-anchor": "middle",
      transform: "rotate(-90)",
    }),
    ...figure.lines.map((line) => lineSvg(line, xScale, yScale, figure)),
    `<g transform="translate(${MARGIN.right} ${height + 4})">`,
    ...legend.entries.map(({ line, column, row }) =>
      legendEntry(line, column * legend.columnWidth, row * LEGEND_ROW, colours.text),
    ),
    "</g></svg>",
  ].join("\n");
}

function xTicks({ x, colours }: Figure, scale: Scale, bottom: number): string[] {
  const toX = projection(scale);
  const about = Math.max(2, Math.floor((scale.to - scale.from) / 80));
  return ticksOf(x.range, x.quantity, { about, log: x.log }).flatMap(({ at, label }) => {
    const position = round(toX(at));
    const line = { x1: position, x2: position, y1: MARGIN.top, y2: bottom, stroke: colours.grid };
    return [
      `<line ${attributes(line)}/>`,
      label && text(position, bottom + 18, label, { fill: colours.muted, "text-anchor": "middle" }),
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
      label && text(left - 8, position + 4, label, { fill: colours.muted, "text-anchor": "end" }),
    ];
  });
}

function lineSvg(line: Line, x: Scale, y: Scale, { edges, colours }: Figure): string {
  const marks = new MarkCollector(x, y, edges);
  const paths = line.smoothed
    ? [
        ...strokes({ line, values: line.y, x, y }, { opacity: RAW_OPACITY, width: 1 }, marks),
        ...strokes({ line, values: line.smoothed, x, y }, { opacity: 1, width: LINE_WIDTH }),
      ]
    : strokes({ line, values: line.y, x, y }, { opacity: 1, width: LINE_WIDTH }, marks);
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
  { opacity, width }: { opacity: number; width: number },
  marks?: MarkCollector,
): string[] {
  return (["superseded", "current"] as const).map((part) => {
    const pen = new PathPen();
    trace({ ...tracing, part }, pen, marks);
    const shown = part === "current" ? opacity : opacity * SUPERSEDED_OPACITY;
    return pathSvg(pen, {
      ...(shown < 1 && { "stroke-opacity": shown }),
      ...(width !== LINE_WIDTH && { "stroke-width": width }),
    });
  });
}

type Style = Record<string, string | number>;

class PathPen implements Pen {
  #commands = "";

  moveTo(x: number, y: number): void {
    this.#commands += `M${round(x)} ${round(y)}`;
  }

  lineTo(x: number, y: number): void {
    this.#commands += `L${round(x)} ${round(y)}`;
  }

  get commands(): string {
    return this.#commands;
  }
}

function pathSvg(pen: PathPen, style: Style): string {
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

function legendEntry({ name, colour }: Line, x: number, y: number, textColour: string): string {
  const short = name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name;
  const mark = { x, y: y + 4, width: 16, height: 3, rx: 1.5, fill: colour };
  return `<rect ${attributes(mark)}/>${text(x + 22, y + 10, short, { fill: textColour })}`;
}

function text(x: number, y: number, content: string, style: Style): string {
  return `<text ${attributes({ x, y, ...style })}>${escape(content)}</text>`;
}

function attributes(values: Style): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}="${escape(String(value))}"`)
    .join(" ");
}

/** Also takes out what XML cannot hold at all: control characters and lone surrogates. */
function escape(content: string): string {
  return (
    content
      .replace(/\p{Surrogate}/gu, "\ufffd")
      // eslint-disable-next-line no-control-regex -- they are what is looked for
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      .replaceAll('"', "&quot;")
  );
}

function round(position: number): number {
  return Math.round(position * 100) / 100;
}
