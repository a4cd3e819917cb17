/** Charts that somebody has put together: what is in them, and how that stands in the address. Pure. */
import type { ChartStyle, SeriesRequest } from "../../api/messages";
import type { WithoutOutliers } from "../../charts/lineRanges";
import type { Ends, Zoom } from "../../charts/plot";
import { boundedPattern } from "../../lib/boundedPattern";
import { nameOf } from "../../lib/labels";
import type { XAxis } from "./series";

export type SmoothingMethod = SeriesRequest["method"];

export interface CustomChart {
  /** "": its labels say what it is. */
  title: string;
  labels: readonly string[];
  /** A regular expression: labels in which it is found are in it, too; "" is none. */
  pattern: string;
  /** Arithmetic over labels (docs/protocol.md, "Expressions"). */
  expressions: readonly string[];
  /** null: as the page's. */
  x: XAxis | null;
  /** The label whose values are the x axis; "": none. */
  xLabel: string;
  /** Labels and expressions that stand on the y axis at the right. */
  right: readonly string[];
  logY: boolean;
  /** null: as the page's, weight and method. */
  smoothing: { weight: number; method: SmoothingMethod } | null;
  /** Single experiments are drawn, also where there are groups. */
  singles: boolean;
  /** What only the charts of boards say. */
  details?: ChartDetails;
}

/** null: as the page's. */
export interface ChartDetails {
  /** Experiments are listed below it; their colours are those of the sidebar. */
  listsExperiments: boolean;
  logX: boolean | null;
  outliers: WithoutOutliers | null;
  /** Shown until somebody zooms. */
  range: Zoom | null;
  /** Of an axis of which one end is said. */
  ends: { x: Ends | null; y: Ends | null };
  /** Points are drawn, and nothing between them. */
  scattered: boolean;
  /** Colours of the lines, by the place of what is drawn; "": that of the experiment. */
  palette: readonly string[];
  styles: readonly ChartStyle[];
  /** What is said at the axes; "": nothing. */
  xTitle: string;
  yTitle: string;
}

/** One of the things that are drawn, for every experiment that has it. */
export interface ChartPart {
  label: string;
  isExpression: boolean;
}

export const NEW_CHART: CustomChart = {
  title: "",
  labels: [],
  pattern: "",
  expressions: [],
  x: null,
  xLabel: "",
  right: [],
  logY: false,
  smoothing: null,
  singles: false,
};

/** More lines of different labels are no chart that anybody reads. */
export const MOST_PARTS = 24;
const MOST_CHARTS = 40;
const LONGEST = 1000;
const AXES: readonly XAxis[] = ["step", "relative", "wall"];
export const METHODS: readonly [SmoothingMethod, ...SmoothingMethod[]] = [
  "ema",
  "time",
  "mean",
  "median",
  "gaussian",
];

/** What is drawn, given the labels that there are; each once. */
export function partsOf(
  { labels, pattern, expressions }: CustomChart,
  known: readonly string[],
): ChartPart[] {
  const matches = matcherOf(pattern);
  const matching = matches === null || typeof matches === "string" ? [] : known.filter(matches);
  return [
    ...[...new Set([...labels, ...matching])].map((label) => ({ label, isExpression: false })),
    ...[...new Set(expressions)].map((label) => ({ label, isExpression: true })),
  ].slice(0, MOST_PARTS);
}

/** null: there is no pattern. A text: why it is none. */
export function matcherOf(pattern: string): ((label: string) => boolean) | string | null {
  if (pattern === "") return null;
  const expression = boundedPattern(pattern);
  return typeof expression === "string" ? expression : (label) => expression.test(label);
}

/** In an expression: in quotes, or as it is (docs/protocol.md, "Expressions"). */
const LABELS = /"((?:[^"\\]|\\["\\])*)"|[\p{L}_][\p{L}\p{N}_.]*/gu;

/** Labels whose new values change a part: those that stand in an expression. Rather one too many than one too few. */
export function labelsIn({ label, isExpression }: ChartPart, known: readonly string[]): string[] {
  if (!isExpression) return [label];
  const named = new Set(
    [...label.matchAll(LABELS)].map(([name, quoted]) => quoted?.replace(/\\(["\\])/g, "$1") ?? name),
  );
  return known.filter((each) => named.has(each));
}

/** Whether an experiment with these labels has a line of it: an expression takes all of its own. */
export function hasPart(part: ChartPart, known: readonly string[], names: ReadonlySet<string>): boolean {
  const labels = labelsIn(part, known);
  return labels.length > 0 && labels.every((label) => names.has(label));
}

export function titleOfChart(chart: CustomChart): string {
  if (chart.title !== "") return chart.title;
  const parts = [
    ...chart.labels,
    ...(chart.pattern === "" ? [] : [`/${chart.pattern}/`]),
    ...chart.expressions,
  ];
  return parts.join(", ") + (chart.xLabel === "" ? "" : ` against ${chart.xLabel}`);
}

/** Labels that have the same last part, and so are likely to be looked at together; losses first. */
export function togetherOf(labels: readonly string[]): { name: string; labels: string[] }[] {
  const byName = new Map<string, string[]>();
  for (const label of labels) {
    const name = nameOf(label);
    const same = byName.get(name);
    if (same) same.push(label);
    else byName.set(name, [label]);
  }
  const rank = (name: string) => (name.includes("loss") ? 0 : 1);
  return [...byName]
    .filter(([, same]) => same.length > 1 && same.length <= MOST_PARTS)
    .map(([name, same]) => ({ name, labels: same }))
    .sort((a, b) => rank(a.name) - rank(b.name));
}

/** As it stands in the address: short, and without what is as in a new chart. */
export function encodeCharts(charts: readonly CustomChart[]): string {
  return JSON.stringify(
    charts.map(({ title, labels, pattern, expressions, x, xLabel, right, logY, smoothing, singles }) => ({
      ...(title && { t: title }),
      ...(labels.length > 0 && { l: labels }),
      ...(pattern && { p: pattern }),
      ...(expressions.length > 0 && { e: expressions }),
      ...(x && { x }),
      ...(xLabel && { o: xLabel }),
      ...(right.length > 0 && { r: right }),
      ...(logY && { y: 1 }),
      ...(smoothing && { s: [smoothing.weight, smoothing.method] }),
      ...(singles && { g: 0 }),
    })),
  );
}

/** undefined: somebody wrote something else there. What of a chart means nothing is left out. */
export function decodeCharts(text: string): CustomChart[] | undefined {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(found)) return undefined;
  return found.slice(0, MOST_CHARTS).flatMap((each: unknown) => {
    if (typeof each !== "object" || each === null) return [];
    const chart = chartOf(each as Record<string, unknown>);
    return chart.labels.length > 0 || chart.pattern !== "" || chart.expressions.length > 0 ? [chart] : [];
  });
}

function chartOf({ t, l, p, e, x, o, r, y, s, g }: Record<string, unknown>): CustomChart {
  return {
    title: textOf(t),
    labels: textsOf(l),
    pattern: textOf(p),
    expressions: textsOf(e),
    x: AXES.find((axis) => axis === x) ?? null,
    xLabel: textOf(o),
    right: textsOf(r),
    logY: y === 1,
    smoothing: smoothingIn(s),
    singles: g === 0,
  };
}

function textOf(value: unknown): string {
  return typeof value === "string" && value.length <= LONGEST ? value : "";
}

function textsOf(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  return value.filter((each): each is string => textOf(each) !== "").slice(0, MOST_PARTS);
}

function smoothingIn(value: unknown): CustomChart["smoothing"] {
  if (!Array.isArray(value)) return null;
  const [weight, name] = value as unknown[];
  const method = METHODS.find((each) => each === name);
  return typeof weight === "number" && weight >= 0 && weight < 1 && method ? { weight, method } : null;
}
