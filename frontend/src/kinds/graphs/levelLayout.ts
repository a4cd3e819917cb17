/** Places what stands together in a graph or a group: small levels by a library, large ones in layers of our own. */
import { layout as dagre, graphlib } from "@dagrejs/dagre";
import type { Point, Size } from "../../lib/geometry";
import { LETTERS } from "./boxText";
import type { Bundle, Level, PartId } from "./groupedGraph";
import { layeredPlaces } from "./layered";

export type Direction = "down" | "right";

/** Up to so many parts and bundles, the library places them; its effort grows faster than they do. */
const MOST_FOR_LIBRARY = { parts: 250, bundles: 500 };
const MOST_LABELS = 80;
const GAPS = { nodesep: 22, ranksep: 34, edgesep: 14 };
const LINE_LETTER_PX = 5.7;

/** `middles`: of the parts. `enters`, `leaves`: where edges from and to the outside do, across the flow; null: anywhere. */
export interface Arranged extends Size {
  middles: Point[];
  lines: { bundle: Bundle; points: Point[] }[];
  hasLabels: boolean;
  enters: number | null;
  leaves: number | null;
  /** Of the parts that such edges touch: how these run, if that was decided. */
  entering: ReadonlyMap<PartId, Point[]>;
  leaving: ReadonlyMap<PartId, Point[]>;
}

const NONE: ReadonlyMap<PartId, Point[]> = new Map();

/** Places what stands in a level; flow is downwards. `direction`: how it is shown, which says how texts lie. */
export function arranged(level: Level, sizes: readonly Size[], direction: Direction): Arranged {
  if (level.bundles.length + level.enters.size + level.leaves.size === 0) return inRows(sizes, direction);
  const isSmall =
    level.parts.length <= MOST_FOR_LIBRARY.parts && level.bundles.length <= MOST_FOR_LIBRARY.bundles;
  return isSmall ? byLibrary(level, sizes, direction) : byLayers(level, sizes);
}

/** What nothing joins, in rows that are read as the page is. */
function inRows(sizes: readonly Size[], direction: Direction): Arranged {
  const columns = Math.max(1, Math.round(Math.sqrt(sizes.length * (direction === "down" ? 0.6 : 6))));
  const middles: Point[] = [];
  let [width, top] = [0, 0];
  for (let begin = 0; begin < sizes.length; begin += columns) {
    const row = sizes.slice(begin, begin + columns);
    const height = Math.max(...row.map((size) => size.height));
    let left = 0;
    for (const size of row) {
      middles.push({ x: left + size.width / 2, y: top + height / 2 });
      left += size.width + GAPS.nodesep;
    }
    width = Math.max(width, left - GAPS.nodesep);
    top += height + GAPS.nodesep;
  }
  const height = Math.max(0, top - GAPS.nodesep);
  return {
    width,
    height,
    middles,
    lines: [],
    hasLabels: false,
    enters: null,
    leaves: null,
    entering: NONE,
    leaving: NONE,
  };
}

function byLibrary(level: Level, sizes: readonly Size[], direction: Direction): Arranged {
  const graph = new graphlib.Graph({ multigraph: false });
  graph.setGraph({ rankdir: "TB", ...GAPS });
  level.parts.forEach((part, place) => graph.setNode(String(part), { ...sizes[place]! }));
  const labels = level.bundles.filter(({ label }) => label !== "").length;
  const hasLabels = labels > 0 && labels <= MOST_LABELS;
  for (const { from, to, label } of level.bundles) {
    if (from === to) continue;
    const text = { width: Math.min(label.length, LETTERS) * LINE_LETTER_PX + 8, height: 16 };
    const size = direction === "down" ? text : { width: text.height, height: text.width };
    const taken = hasLabels && label !== "" ? { ...size, labelpos: "c" } : {};
    graph.setEdge(String(from), String(to), taken);
  }
  // Where edges come from outside, as a node above all others; and below.
  const ports = [
    ["enters", level.enters],
    ["leaves", level.leaves],
  ] as const;
  for (const [name, touched] of ports) {
    if (touched.size === 0) continue;
    graph.setNode(name, { width: 1, height: 1 });
    for (const part of touched.keys())
      if (name === "enters") graph.setEdge(name, String(part), {});
      else graph.setEdge(String(part), name, {});
  }
  dagre(graph);
  const at = (name: string) => {
    const { x = 0, y = 0 } = graph.node(name) as Partial<Point>;
    return { x, y };
  };
  const { width = 0, height = 0 } = graph.graph() as Partial<Size>;
  const middles = level.parts.map((part) => at(String(part)));
  const loops = new Map(level.parts.map((part, place) => [part, loop(middles[place]!, sizes[place]!)]));
  const route = (from: string, to: string) =>
    (graph.edge(from, to) as { points?: Point[] }).points?.map(({ x, y }) => ({ x, y })) ?? [];
  return {
    width: Number.isFinite(width) ? width : 0,
    height: Number.isFinite(height) ? height : 0,
    middles,
    lines: level.bundles.map((bundle) => ({
      bundle,
      points:
        bundle.from === bundle.to ? loops.get(bundle.from)! : route(String(bundle.from), String(bundle.to)),
    })),
    hasLabels,
    enters: level.enters.size > 0 ? at("enters").x : null,
    leaves: level.leaves.size > 0 ? at("leaves").x : null,
    entering: new Map([...level.enters.keys()].map((part) => [part, route("enters", String(part))])),
    leaving: new Map([...level.leaves.keys()].map((part) => [part, route(String(part), "leaves")])),
  };
}

function byLayers(level: Level, sizes: readonly Size[]): Arranged {
  const places = new Map(level.parts.map((part, place) => [part, place]));
  const links = level.bundles.map(({ from, to }) => ({ source: places.get(from)!, target: places.get(to)! }));
  const middles = layeredPlaces(sizes, links);
  const left = Math.min(...middles.map(({ x }, place) => x - sizes[place]!.width / 2));
  for (const middle of middles) middle.x -= left;
  return {
    width: Math.max(...middles.map(({ x }, place) => x + sizes[place]!.width / 2)),
    height: Math.max(...middles.map(({ y }, place) => y + sizes[place]!.height / 2)),
    middles,
    lines: level.bundles.map((bundle, place) => ({ bundle, points: curve(links[place]!, middles, sizes) })),
    hasLabels: false,
    enters: null,
    leaves: null,
    entering: NONE,
    leaving: NONE,
  };
}

/** From the lower border of one to the upper border of the other. */
function curve(
  { source, target }: { source: number; target: number },
  middles: Point[],
  sizes: readonly Size[],
): Point[] {
  const [from, to] = [middles[source]!, middles[target]!];
  if (source === target) return loop(from, sizes[source]!);
  const isDown = to.y >= from.y;
  const begin = { x: from.x, y: from.y + ((isDown ? 1 : -1) * sizes[source]!.height) / 2 };
  const end = { x: to.x, y: to.y - ((isDown ? 1 : -1) * sizes[target]!.height) / 2 };
  const half = (begin.y + end.y) / 2;
  return [begin, { x: begin.x, y: half }, { x: end.x, y: half }, end];
}

/** A line from a box to itself, at its side. */
function loop(middle: Point, { width }: Size): Point[] {
  const x = middle.x + width / 2;
  return [
    { x, y: middle.y - 7 },
    { x: x + 24, y: middle.y - 16 },
    { x: x + 24, y: middle.y + 16 },
    { x, y: middle.y + 7 },
  ];
}
