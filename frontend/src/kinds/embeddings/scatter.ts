/** Points in three dimensions as they stand on the screen. */
import type { Size } from "../../lib/geometry";
import type { Places } from "./vectors";

/** How they are looked at: turned (in radians), enlarged, and moved by so many pixels. */
export interface ScatterView {
  yaw: number;
  pitch: number;
  zoom: number;
  dx: number;
  dy: number;
}

export const FIRST_VIEW: ScatterView = { yaw: 0, pitch: 0, zoom: 1, dx: 0, dy: 0 };

export interface Bounds {
  centre: [number, number, number];
  radius: number;
}

/** x, y and depth of each point; larger depths are nearer. */
export type Screen = Float32Array;

export function boundsOf(places: Places): Bounds {
  const least = [Infinity, Infinity, Infinity];
  const most = [-Infinity, -Infinity, -Infinity];
  places.forEach((value, at) => {
    least[at % 3] = Math.min(least[at % 3]!, value);
    most[at % 3] = Math.max(most[at % 3]!, value);
  });
  const [x = 0, y = 0, z = 0] = least.map((low, axis) => (low + most[axis]!) / 2);
  const radius = Math.max(...least.map((low, axis) => most[axis]! - low)) / 2;
  return { centre: [x, y, z], radius: radius > 0 ? radius : 1 };
}

export function toScreen(places: Places, bounds: Bounds, view: ScatterView, { width, height }: Size): Screen {
  const screen = new Float32Array(places.length);
  const scale = (0.44 * Math.min(width, height) * view.zoom) / bounds.radius;
  const [cosYaw, sinYaw] = [Math.cos(view.yaw), Math.sin(view.yaw)];
  const [cosPitch, sinPitch] = [Math.cos(view.pitch), Math.sin(view.pitch)];
  const [cx, cy, cz] = bounds.centre;
  for (let at = 0; at < places.length; at += 3) {
    const [x, y, z] = [places[at]! - cx, places[at + 1]! - cy, places[at + 2]! - cz];
    const across = x * cosYaw + z * sinYaw;
    const away = z * cosYaw - x * sinYaw;
    screen[at] = width / 2 + view.dx + across * scale;
    screen[at + 1] = height / 2 + view.dy - (y * cosPitch - away * sinPitch) * scale;
    screen[at + 2] = y * sinPitch + away * cosPitch;
  }
  return screen;
}

/** The point under the pointer, of those within so many pixels the nearest; null: none. */
export function pointAt(screen: Screen, x: number, y: number, within: number): number | null {
  let found: number | null = null;
  let least = within ** 2;
  for (let at = 0; at < screen.length; at += 3) {
    const squared = (screen[at]! - x) ** 2 + (screen[at + 1]! - y) ** 2;
    if (squared <= least) [found, least] = [at / 3, squared];
  }
  return found;
}

/** The points inside of a line that was drawn around them. */
export function pointsInside(screen: Screen, line: readonly (readonly [number, number])[]): number[] {
  const inside: number[] = [];
  for (let at = 0; at < screen.length; at += 3) {
    const [x, y] = [screen[at]!, screen[at + 1]!];
    let isInside = false;
    line.forEach(([x1, y1], index) => {
      const [x2, y2] = line[(index + 1) % line.length]!;
      if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) isInside = !isInside;
    });
    if (isInside) inside.push(at / 3);
  }
  return inside;
}

/** A view after the wheel was turned above a place: what is there stays there. */
export function zoomed(
  view: ScatterView,
  by: number,
  x: number,
  y: number,
  { width, height }: Size,
): ScatterView {
  const zoom = Math.min(200, Math.max(0.2, view.zoom * by));
  const grown = zoom / view.zoom;
  const [fromX, fromY] = [x - width / 2, y - height / 2];
  return {
    ...view,
    zoom,
    dx: fromX - (fromX - view.dx) * grown,
    dy: fromY - (fromY - view.dy) * grown,
  };
}
