/** How the Scalars page shows what it shows; all of it stands in the address. */
import type { PlotAxes, Zoom } from "../../charts/plot";
import type { HoverOrder } from "../../lib/hover";
import type { Quantity } from "../../lib/ticks";
import {
  choiceParameter,
  flagParameter,
  jsonParameter,
  numberParameter,
  textParameter,
} from "../../state/view.svelte";
import type { XAxis } from "./series";

export type CardSize = "small" | "medium" | "large";

/** Values of one label (y) against those of another (x). */
export type Pair = readonly [x: string, y: string];

export const smoothing = numberParameter("scalars.smoothing", 0);
export const xAxis = choiceParameter<XAxis>("scalars.x", ["step", "relative", "wall"]);
export const logX = flagParameter("scalars.logx", false);
export const logY = flagParameter("scalars.logy", false);
export const withoutOutliers = flagParameter("scalars.outliers", false);
export const linkedZoom = flagParameter("scalars.link", false);
export const hoverOrder = choiceParameter<HoverOrder>("scalars.sort", ["value", "nearness"]);
export const cardSize = choiceParameter<CardSize>("scalars.size", ["medium", "small", "large"]);
export const pinned = jsonParameter<readonly string[]>("scalars.pins", [], isTexts);
export const pairs = jsonParameter<readonly Pair[]>("scalars.pairs", [], isPairs);
/** The label that fills the window; "" if none does. */
export const enlarged = textParameter("scalars.large", "", { step: true });

/** Labels whose y axis is not as `logY` says. */
const otherY = jsonParameter<readonly string[]>("scalars.othery", [], isTexts);
const zooms = jsonParameter<Readonly<Record<string, Zoom>>>("scalars.zoom", {}, isZooms);
/** Under this name the x range of all cards is kept while their zoom is linked: no label is empty. */
const ALL = "";

const zoomByLabel = $derived(zooms.value);
const otherYLabels = $derived(new Set(otherY.value));

export const CARD_SIZES: Record<CardSize, { minWidth: number; height: number }> = {
  small: { minWidth: 260, height: 220 },
  medium: { minWidth: 340, height: 288 },
  large: { minWidth: 560, height: 400 },
};

const X_QUANTITIES: Record<XAxis, Quantity> = { step: "number", relative: "duration", wall: "time" };

export function axesOf(label: string): PlotAxes {
  return {
    xQuantity: X_QUANTITIES[xAxis.value],
    // A clock has no sensible zero.
    xLog: logX.value && xAxis.value !== "wall",
    yLog: hasLogY(label),
  };
}

export function hasLogY(label: string): boolean {
  return logY.value !== otherYLabels.has(label);
}

export function toggleLogY(label: string): void {
  otherY.value = toggled(otherY.value, label);
  setZoom(label, without(zoomOf(label), "y"));
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
