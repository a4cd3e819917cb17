/**
 * Figures as a window shows them: with what somebody has said of titles, axes and smoothing, and those of several runs as
 * one, whose traces bear the runs' names. The files stay as they are. Pure.
 */
import type { BoardSettings } from "../../api/messages";
import { parsed, type Figure, type FoldedFigure, type JsonObject } from "./figure";

/** Of a plot, as the panel of a board says it. */
export interface PlotSettings extends Pick<
  BoardSettings,
  "log_x" | "log_y" | "x_range" | "y_range" | "smoothing"
> {
  title?: string;
  x_title?: string;
  y_title?: string;
}

export interface OfRun {
  figure: Figure;
  /** Of the run. */
  name: string;
  /** In CSS's words. */
  colour: string;
}

const DASHES = ["solid", "dash", "dot", "dashdot", "longdash"];

/** null: it is no figure. */
export function foldedOf(figure: Figure): FoldedFigure | null {
  if (typeof figure !== "string") return figure;
  try {
    const found = objectIn(parsed(figure));
    return found && { ...found, data: listIn(found["data"]), layout: objectIn(found["layout"]) ?? {} };
  } catch {
    return null;
  }
}

/** Traces of all runs, each in its run's colour; traces of one run are told apart by their dashes. The first one's layout. */
export function mergedFigures(runs: readonly OfRun[]): FoldedFigure {
  const data: JsonObject[] = [];
  let layout: JsonObject | null = null;
  for (const { figure, name, colour } of runs) {
    const folded = foldedOf(figure);
    if (!folded) continue;
    layout ??= folded.layout;
    const isOne = folded.data.length === 1;
    folded.data.forEach((trace, index) => {
      const own = typeof trace["name"] === "string" ? trace["name"] : String(index + 1);
      const dash = DASHES[index % DASHES.length]!;
      data.push({
        ...trace,
        name: isOne ? name : `${name} · ${own}`,
        showlegend: true,
        ...(isLine(trace) ? coloured(trace, colour, isOne ? undefined : dash) : {}),
      });
    });
  }
  return { data, layout: { ...layout, showlegend: true } };
}

/** `shownTitle`: stands above it already. */
export function adjusted(figure: FoldedFigure, settings: PlotSettings, shownTitle: string): FoldedFigure {
  const { layout, data } = figure;
  const changed: JsonObject = { ...layout };
  if (textOf(layout["title"]) === shownTitle) delete changed["title"];
  for (const [key, title, isLog, range] of [
    ["xaxis", settings.x_title, settings.log_x, settings.x_range],
    ["yaxis", settings.y_title, settings.log_y, settings.y_range],
  ] as const) {
    const axis = { ...objectIn(layout[key]) };
    if (title) axis["title"] = { ...objectIn(axis["title"]), text: title };
    if (typeof isLog === "boolean") axis["type"] = isLog ? "log" : "linear";
    const ends = rangeOf(range, axis["type"] === "log");
    if (ends) {
      axis["range"] = ends;
      axis["autorange"] = false;
    }
    if (Object.keys(axis).length > 0) changed[key] = axis;
  }
  const smoothing = settings.smoothing ?? 0;
  return {
    ...figure,
    layout: changed,
    data: smoothing > 0 ? data.flatMap((each) => smooth(each, smoothing)) : data,
  };
}

/** An exponential average whose beginning is not drawn to 0; what is no number is left out of it, and stays. */
export function averaged(values: readonly unknown[], weight: number): unknown[] {
  let sum = 0;
  let total = 0;
  return values.map((value) => {
    if (typeof value !== "number" || !Number.isFinite(value)) return value;
    sum = sum * weight + value;
    total = total * weight + 1;
    return sum / total;
  });
}

/** A line, faint behind its average. */
function smooth(trace: JsonObject, weight: number): JsonObject[] {
  const { y, name } = trace;
  if (!isLine(trace) || !Array.isArray(y)) return [trace];
  const behind = { ...trace, opacity: 0.25, showlegend: false, hoverinfo: "skip" };
  const [group = ""] = [trace["legendgroup"], name].filter((each) => typeof each === "string");
  return [
    { ...behind, legendgroup: group },
    { ...trace, legendgroup: group, y: averaged(y, weight) },
  ];
}

function isLine(trace: JsonObject): boolean {
  const { type, mode } = trace;
  const isScatter = type === undefined || type === "scatter" || type === "scattergl";
  return isScatter && (typeof mode !== "string" || mode.includes("lines"));
}

function coloured(trace: JsonObject, colour: string, dash: string | undefined): JsonObject {
  const line = { ...objectIn(trace["line"]), color: colour, ...(dash ? { dash } : {}) };
  const marker = objectIn(trace["marker"]) ?? {};
  return { line, marker: Array.isArray(marker["color"]) ? marker : { ...marker, color: colour } };
}

/** Plotly has ends of a logarithmic axis as exponents. null: not both are said, or they mean nothing. */
function rangeOf(range: BoardSettings["x_range"], isLog: boolean): [number, number] | null {
  const [low, high] = range ?? [null, null];
  if (low === null || high === null) return null;
  if (!isLog) return [low, high];
  return low > 0 && high > 0 ? [Math.log10(low), Math.log10(high)] : null;
}

function textOf(title: unknown): string {
  const text = typeof title === "string" ? title : objectIn(title)?.["text"];
  return typeof text === "string" ? text : "";
}

function objectIn(value: unknown): JsonObject | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
}

function listIn(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.map(objectIn).filter((each) => each !== null) : [];
}
