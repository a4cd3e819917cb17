/** Moving about in a chart by drag, wheel, fingers and keys. The box is uPlot's. */
import type { Plot, Zoom } from "./plot";
import { scaled, shifted, type Range } from "./ranges";

export interface Gestures {
  /** Whether the wheel zooms by itself; else with Ctrl or ⌘ only, since the page has to scroll. */
  wheelZooms: () => boolean;
  zoom: () => Zoom | null;
  onZoom: (zoom: Zoom | null) => void;
}

const WHEEL_SPEED = 0.0015;
/** Deltas may be lines or pages instead of pixels. */
const WHEEL_UNITS = [1, 16, 400];
const KEY_PAN = 0.2;
const KEY_ZOOM = 0.7;

/** Returns the end of it. */
export function listenToGestures(plot: Plot, gestures: Gestures): () => void {
  const { area } = plot;
  const ending = new AbortController();
  const { signal } = ending;
  area.addEventListener("pointerdown", (event) => startPan(plot, gestures, event), { signal });
  area.addEventListener("wheel", (event) => wheel(plot, gestures, event), { signal, passive: false });
  listenToFingers(plot, gestures, signal);
  return () => ending.abort();
}

/** By parts of what is shown: along y only where somebody has zoomed along y. */
export function pan(plot: Plot, { zoom, onZoom }: Gestures, x: number, y = 0): void {
  const scales = plot.scales;
  const before = zoom();
  const moved: Zoom = { ...before, x: shifted(scales.x.range, x, scales.x.log) };
  if (before?.y) moved.y = shifted(before.y, y, scales.y.log);
  onZoom(moved);
}

/** `anchor`: what part of the x axis stays where it is, from 0 to 1. */
export function zoomBy(plot: Plot, { zoom, onZoom }: Gestures, factor: number, anchor = 0.5): void {
  const { range, log } = plot.scales.x;
  onZoom({ ...zoom(), x: scaled(range, factor, anchor, log) });
}

/** The keys of a chart that has the focus; whether the key was one of them. */
export function zoomKey(plot: Plot, gestures: Gestures, event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  if (event.shiftKey && event.key === "ArrowLeft") pan(plot, gestures, -KEY_PAN);
  else if (event.shiftKey && event.key === "ArrowRight") pan(plot, gestures, KEY_PAN);
  else if (event.key === "+" || event.key === "=") zoomBy(plot, gestures, KEY_ZOOM);
  else if (event.key === "-") zoomBy(plot, gestures, 1 / KEY_ZOOM);
  else if (event.key === "0") gestures.onZoom(null);
  else return false;
  return true;
}

function startPan(plot: Plot, gestures: Gestures, event: PointerEvent): void {
  if (!event.shiftKey || event.button !== 0 || event.pointerType === "touch") return;
  event.preventDefault();
  const { area } = plot;
  let last = { x: event.clientX, y: event.clientY };
  const ending = new AbortController();
  const { signal } = ending;
  area.setPointerCapture(event.pointerId);
  area.classList.add("panned");
  area.addEventListener(
    "pointermove",
    ({ clientX: x, clientY: y }) => {
      pan(plot, gestures, (last.x - x) / area.clientWidth, (y - last.y) / area.clientHeight);
      plot.redrawNow();
      last = { x, y };
    },
    { signal },
  );
  const end = () => {
    area.classList.remove("panned");
    ending.abort();
  };
  area.addEventListener("pointerup", end, { signal });
  area.addEventListener("pointercancel", end, { signal });
}

function wheel(plot: Plot, gestures: Gestures, event: WheelEvent): void {
  const { area } = plot;
  const unit = WHEEL_UNITS[event.deltaMode] ?? 1;
  // Browsers turn Shift and the wheel into a sideways wheel; trackpads have one of their own.
  const sideways = event.shiftKey ? event.deltaX || event.deltaY : event.deltaX;
  if (gestures.zoom()?.x && Math.abs(sideways) > (event.shiftKey ? 0 : Math.abs(event.deltaY))) {
    event.preventDefault();
    pan(plot, gestures, (sideways * unit) / area.clientWidth);
    return;
  }
  if (!event.ctrlKey && !event.metaKey && !gestures.wheelZooms()) return;
  event.preventDefault();
  const anchor = (event.clientX - area.getBoundingClientRect().left) / area.clientWidth;
  zoomBy(plot, gestures, Math.exp(event.deltaY * unit * WHEEL_SPEED), anchor);
}

/** One finger sideways moves the crosshair (up and down the page scrolls), two zoom and pan. */
function listenToFingers(plot: Plot, gestures: Gestures, signal: AbortSignal): void {
  const { area } = plot;
  const fingers = new Map<number, number>();
  const positions = () => [...fingers.values()].sort((a, b) => a - b) as [number, number];
  area.addEventListener(
    "pointerdown",
    (event) => {
      if (event.pointerType === "touch") fingers.set(event.pointerId, event.clientX);
    },
    { signal },
  );
  area.addEventListener(
    "pointermove",
    (event) => {
      if (!fingers.has(event.pointerId)) return;
      const { left, top } = area.getBoundingClientRect();
      if (fingers.size === 1) {
        plot.pointAt({ x: event.clientX - left, y: event.clientY - top });
        return;
      }
      if (fingers.size !== 2) return;
      const before = positions();
      fingers.set(event.pointerId, event.clientX);
      const after = positions();
      const { x } = plot.scales;
      if (x.log || after[1] - after[0] < 10 || before[1] - before[0] < 10) return;
      gestures.onZoom({ ...gestures.zoom(), x: pinched(x.range, before, after, left, area.clientWidth) });
      plot.redrawNow();
    },
    { signal },
  );
  for (const type of ["pointerup", "pointercancel"] as const) {
    area.addEventListener(type, ({ pointerId }) => fingers.delete(pointerId), { signal });
  }
}

/** The range in which both fingers stand on the values they stood on before. */
function pinched(
  [min, max]: Range,
  before: [number, number],
  after: [number, number],
  left: number,
  width: number,
): Range {
  const valueAt = (position: number) => min + ((max - min) * (position - left)) / width;
  const perPixel = (valueAt(before[1]) - valueAt(before[0])) / (after[1] - after[0]);
  const low = valueAt(before[0]) - (after[0] - left) * perPixel;
  return [low, low + perPixel * width];
}
