/** How the Scalars page shows what it shows; all of it stands in the address. */
import type { HoverOrder } from "../../charts/hover";
import type { WithoutOutliers } from "../../charts/lineRanges";
import type { PlotAxes, Zoom } from "../../charts/plot";
import type { Range } from "../../charts/ranges";
import type { Quantity } from "../../charts/ticks";
import { goalOf } from "../../lib/resultLabels";
import { labelDefinitions, pinned } from "../../state/labelDefinitions.svelte";
import {
  choiceParameter,
  filterParameter,
  flagParameter,
  jsonParameter,
  Parameter,
  textParameter,
} from "../../state/view.svelte";
import { decodeCharts, encodeCharts, METHODS, type CustomChart, type SmoothingMethod } from "./customCharts";
import type { XAxis } from "./series";

export { pinned };

export type CardSize = "small" | "medium" | "large";

/** Values of one label (y) against those of another (x). */
export type Pair = readonly [x: string, y: string];

/** In which order tooltips list experiments; "best" by the label's goal, largest first without one. */
export type TipOrder = "nearness" | "best" | "name";

/** "auto": they are left out of a range where they make up most of it. */
export type Outliers = "auto" | "ignore" | "show";

export const METHOD_NAMES: readonly { value: SmoothingMethod; label: string }[] = [
  { value: "ema", label: "Moving average (EMA)" },
  { value: "time", label: "EMA, weighted by distance" },
  { value: "mean", label: "Running mean" },
  { value: "median", label: "Running median" },
  { value: "gaussian", label: "Gaussian" },
];
const TIP_ORDERS: readonly TipOrder[] = ["nearness", "best", "name"];

/** null: each label as noisy as it is (autoSmoothing.svelte.ts). */
export const smoothing = new Parameter<number | null>("scalars.smoothing", null, {
  decode: (text) => {
    const weight = text.trim() === "" ? NaN : Number(text);
    return weight >= 0 && weight < 1 ? weight : undefined;
  },
  encode: (weight) => (weight === null ? "auto" : String(weight)),
});
/** How it is smoothed; the weight means as much smoothing in all of them. */
export const method = choiceParameter<SmoothingMethod>("scalars.method", METHODS);
export const xAxis = choiceParameter<XAxis>("scalars.x", ["step", "relative", "wall"]);
export const logX = flagParameter("scalars.logx", false);
export const logY = flagParameter("scalars.logy", false);
export const outliers = new Parameter<Outliers>("scalars.outliers", "auto", {
  decode: (text) => ({ "1": "ignore", "0": "show" })[text] as Outliers | undefined,
  encode: (choice) => ({ auto: "", ignore: "1", show: "0" })[choice],
});
export const linkedZoom = flagParameter("scalars.link", false);
/** "value" stands in older addresses. */
export const tipOrder = new Parameter<TipOrder>("scalars.sort", "nearness", {
  decode: (text) => (text === "value" ? "best" : TIP_ORDERS.find((order) => order === text)),
  encode: (order) => order,
});
export const cardSize = choiceParameter<CardSize>("scalars.size", ["medium", "small", "large"]);
export const pairs = jsonParameter<readonly Pair[]>("scalars.pairs", [], isPairs);
/** Those that somebody has put together. */
export const customCharts = new Parameter<readonly CustomChart[]>("scalars.charts", [], {
  decode: decodeCharts,
  encode: encodeCharts,
});
/** Which labels the page lists (LabelPage). */
const labelFilter = filterParameter("scalars.labels");
/** The part of the x axis of which a table says what is there; both ends alike: one step or time. */
export const selectedRange = jsonParameter<Range | null>("scalars.range", null, isRange);
/** The label that fills the window; "" if none does. */
export const enlarged = textParameter("scalars.large", "", { step: true });

/** Labels that are drawn over the label that is their x axis by definition, and not over what `xAxis` says. */
const overOther = jsonParameter<readonly string[]>("scalars.over", [], isTexts);
/** Labels of which all is shown, whatever `outliers` says. */
const whole = jsonParameter<readonly string[]>("scalars.whole", [], isTexts);
/** Labels whose y axis is not as `logY` says. */
const otherY = jsonParameter<readonly string[]>("scalars.othery", [], isTexts);
const zooms = jsonParameter<Readonly<Record<string, Zoom>>>("scalars.zoom", {}, isZooms);
/** Under this name the x range of all cards is kept while their zoom is linked: no label is empty. */
const ALL = "";

const zoomByLabel = $derived(zooms.value);
const otherYLabels = $derived(new Set(otherY.value));

/** Somebody looks for some of the labels. */
export function isFiltered(): boolean {
  return labelFilter.valid.text !== "";
}

export const CARD_SIZES: Record<CardSize, { minWidth: number; height: number }> = {
  small: { minWidth: 260, height: 220 },
  medium: { minWidth: 340, height: 288 },
  large: { minWidth: 560, height: 400 },
};

const X_QUANTITIES: Record<XAxis, Quantity> = { step: "number", relative: "duration", wall: "time" };

export function axesOf(label: string): PlotAxes {
  return axesWith(xAxis.value, { log: hasLogY(label), unit: labelDefinitions.meaningOf(label).unit });
}

/** `hasOtherX`: another label's values are the x axis. */
export function axesWith(
  x: XAxis,
  {
    log,
    unit,
    xLog = logX.value,
    hasOtherX = false,
  }: { log: boolean; unit: string; xLog?: boolean; hasOtherX?: boolean },
): PlotAxes {
  return {
    xQuantity: hasOtherX ? "number" : X_QUANTITIES[x],
    // A clock has no sensible zero.
    xLog: xLog && (hasOtherX || x !== "wall"),
    yLog: log,
    yUnit: unit,
  };
}

export function withoutOutliersIn(label: string): WithoutOutliers {
  if (outliers.value === "show" || whole.value.includes(label)) return false;
  return outliers.value === "ignore" || "auto";
}

/** Show all of a label's values, or go back to what `outliers` says. */
export function toggleWhole(label: string): void {
  whole.value = toggled(whole.value, label);
}

export function hoverOrderOf(label: string): HoverOrder {
  if (tipOrder.value !== "best") return tipOrder.value;
  return goalOf(label, labelDefinitions.meaningOf(label)) === "min" ? "smallest" : "largest";
}

/** The label and its unit, where it is an axis. */
export function titleOfX(label: string): string {
  const { unit } = labelDefinitions.meaningOf(label);
  return unit ? `${label}, ${unit}` : label;
}

/** The chart of a label over another one, if somebody wants that; null: it is over what `xAxis` says. */
export function pairOf(label: string): Pair | null {
  const { x } = labelDefinitions.meaningOf(label);
  return x && overOther.value.includes(label) ? [x, label] : null;
}

export function toggleOverOther(label: string): void {
  overOther.value = toggled(overOther.value, label);
}

export function hasLogY(label: string): boolean {
  return logY.value !== otherYLabels.has(label);
}

export function toggleLogY(label: string): void {
  otherY.value = toggled(otherY.value, label);
  setZoom(label, without(zoomOf(label), "y"));
}

/** Of a chart that somebody has put together, by its title. */
export function zoomOfCustom(title: string): Zoom | null {
  return zoomByLabel[keyOfCustom(title)] ?? null;
}

export function setZoomOfCustom(title: string, zoom: Zoom | null): void {
  const changed = { ...zooms.value };
  put(changed, keyOfCustom(title), zoom ?? {});
  zooms.value = changed;
}

/** No label begins so. */
function keyOfCustom(title: string): string {
  return `/${title}`;
}

/** Pairs have x axes of their own, so their zoom is never linked. */
export function zoomOfPair(pair: Pair): Zoom | null {
  return zoomByLabel[keyOfPair(pair)] ?? null;
}

export function setZoomOfPair(pair: Pair, zoom: Zoom | null): void {
  const changed = { ...zooms.value };
  put(changed, keyOfPair(pair), zoom ?? {});
  zooms.value = changed;
}

export function keyOfPair(pair: Pair): string {
  return JSON.stringify(pair);
}

export function zoomOf(label: string): Zoom | null {
  const own = zoomByLabel[label];
  const zoom = linkedZoom.value ? { ...own, x: zoomByLabel[ALL]?.x } : own;
  return zoom?.x || zoom?.y ? zoom : null;
}

export function setZoom(label: string, zoom: Zoom | null): void {
  const changed = { ...zooms.value };
  if (linkedZoom.value) {
    put(changed, ALL, { x: zoom?.x });
    put(changed, label, { y: zoom?.y });
  } else {
    put(changed, label, zoom ?? {});
  }
  zooms.value = changed;
}

/** For axes whose values mean something else now. */
export function forgetZooms(axis: "x" | "y"): void {
  if (axis === "x") selectedRange.value = null;
  const changed: Record<string, Zoom> = {};
  for (const [label, zoom] of Object.entries(zooms.value)) put(changed, label, without(zoom, axis) ?? {});
  zooms.value = changed;
}

/** What was zoomed into last, in any card, is shown in all of them; unlinked, each keeps it. */
export function setLinkedZoom(linked: boolean, labels: readonly string[]): void {
  const all = zooms.value;
  const changed: Record<string, Zoom> = {};
  if (linked) {
    put(changed, ALL, { x: Object.values(all).findLast(({ x }) => x)?.x });
    for (const [label, { y }] of Object.entries(all)) put(changed, label, { y });
  } else {
    for (const label of labels) put(changed, label, { x: all[ALL]?.x, y: all[label]?.y });
  }
  linkedZoom.value = linked;
  zooms.value = changed;
}

export function isPinned(label: string): boolean {
  return pinned.value.includes(label);
}

export function togglePin(label: string): void {
  pinned.value = toggled(pinned.value, label);
}

export function setPair(index: number, pair: Pair): void {
  pairs.value = pairs.value.with(index, pair);
}

export function removePair(index: number): void {
  pairs.value = pairs.value.toSpliced(index, 1);
}

function toggled(labels: readonly string[], label: string): string[] {
  return labels.includes(label) ? labels.filter((other) => other !== label) : [...labels, label];
}

function without(zoom: Zoom | null, axis: "x" | "y"): Zoom | null {
  return zoom && { ...zoom, [axis]: undefined };
}

function put(zoomed: Record<string, Zoom>, label: string, { x, y }: Zoom): void {
  delete zoomed[label]; // what was changed last stands last
  if (x ?? y) zoomed[label] = { ...(x && { x: rounded(x) }), ...(y && { y: rounded(y) }) };
}

/** Twelve digits are finer than any screen, and shorter in an address. */
function rounded([min, max]: readonly [number, number]): [number, number] {
  return [Number(min.toPrecision(12)), Number(max.toPrecision(12))];
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === "string");
}

function isPairs(value: unknown): value is readonly Pair[] {
  return Array.isArray(value) && value.every((each) => isTexts(each) && each.length === 2);
}

function isZooms(value: unknown): value is Record<string, Zoom> {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && Object.values(value).every(isZoom)
  );
}

function isZoom(value: unknown): value is Zoom {
  if (typeof value !== "object" || value === null) return false;
  const { x, y } = value as Record<string, unknown>;
  return [x, y].every((range) => range === undefined || isRange(range));
}

function isRange(value: unknown): value is readonly [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every(Number.isFinite);
}
