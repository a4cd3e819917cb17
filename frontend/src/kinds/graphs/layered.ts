/**
 * Places for graphs that are too large for a library's layout: layers by the longest way, ordered by where neighbours
 * stand. What it costs grows with nodes and edges, not faster, and nothing recurses.
 */
import type { Point, Size } from "../../lib/geometry";

/** `source`, `target`: places among the sizes. */
export interface Link {
  source: number;
  target: number;
}

const GAP: Size = { width: 24, height: 44 };
/** Longer layers are several rows. */
const MOST_IN_ROW = 40;
const SWEEPS = 4;

/** The middle of each. `sizes`: flow is downwards. */
export function layeredPlaces(sizes: readonly Size[], links: readonly Link[]): Point[] {
  const forward = withoutCircles(sizes.length, links);
  const layers = rowsOf(layersOf(sizes.length, forward));
  const neighbours = neighboursOf(sizes.length, forward);
  const orders = new Float64Array(sizes.length);
  for (const layer of layers) layer.forEach((node, place) => (orders[node] = place - layer.length / 2));
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const layer of sweep % 2 === 0 ? layers : layers.toReversed()) {
      const wanted = new Map(layer.map((node) => [node, meanOf(neighbours[node]!, orders, orders[node]!)]));
      layer.sort((a, b) => wanted.get(a)! - wanted.get(b)!);
      layer.forEach((node, place) => (orders[node] = place - layer.length / 2));
    }
  }
  return placed(sizes, layers, neighbours);
}

function placed(
  sizes: readonly Size[],
  layers: readonly number[][],
  neighbours: readonly number[][],
): Point[] {
  const xs = new Float64Array(sizes.length);
  const places: Point[] = sizes.map(() => ({ x: 0, y: 0 }));
  const isPlaced = new Uint8Array(sizes.length);
  let top = 0;
  for (const layer of layers) {
    const height = Math.max(...layer.map((node) => sizes[node]!.height));
    let right = -Infinity;
    let shift = 0;
    for (const node of layer) {
      const { width } = sizes[node]!;
      const above = neighbours[node]!.filter((each) => isPlaced[each]);
      const wanted = above.length > 0 ? meanOf(above, xs, 0) : Math.max(right + GAP.width + width / 2, 0);
      xs[node] = Math.max(wanted, right + GAP.width + width / 2);
      shift += wanted - xs[node];
      right = xs[node] + width / 2;
    }
    for (const node of layer) {
      xs[node]! += shift / layer.length;
      places[node] = { x: xs[node]!, y: top + height / 2 };
      isPlaced[node] = 1;
    }
    top += height + GAP.height;
  }
  return places;
}

/** Links that lead back to where a walk came from are turned. */
function withoutCircles(count: number, links: readonly Link[]): Link[] {
  const from = groupBySource(count, links);
  const [WAITING, ENTERED, LEFT] = [0, 1, 2];
  const states = new Uint8Array(count);
  const isBack = new Uint8Array(links.length);
  for (let begin = 0; begin < count; begin++) {
    if (states[begin] !== WAITING) continue;
    const walk: { node: number; next: number }[] = [{ node: begin, next: 0 }];
    states[begin] = ENTERED;
    while (walk.length > 0) {
      const at = walk.at(-1)!;
      const link = from[at.node]![at.next++];
      if (link === undefined) {
        states[at.node] = LEFT;
        walk.pop();
        continue;
      }
      const { target } = links[link]!;
      if (states[target] === ENTERED) isBack[link] = 1;
      else if (states[target] === WAITING) {
        states[target] = ENTERED;
        walk.push({ node: target, next: 0 });
      }
    }
  }
  return links
    .map((link, place) => (isBack[place] ? { source: link.target, target: link.source } : link))
    .filter(({ source, target }) => source !== target);
}

/** By the longest way that leads to a node. `links` have no circles. */
function layersOf(count: number, links: readonly Link[]): number[][] {
  const from = groupBySource(count, links);
  const missing = new Uint32Array(count);
  for (const { target } of links) missing[target]!++;
  const depths = new Uint32Array(count);
  const ready = Array.from({ length: count }, (_, node) => node).filter((node) => missing[node] === 0);
  const layers: number[][] = [];
  for (const node of ready) {
    (layers[depths[node]!] ??= []).push(node);
    for (const link of from[node]!) {
      const { target } = links[link]!;
      depths[target] = Math.max(depths[target]!, depths[node]! + 1);
      missing[target]!--;
      if (missing[target] === 0) ready.push(target);
    }
  }
  return layers;
}

function rowsOf(layers: readonly number[][]): number[][] {
  return layers.flatMap((layer) =>
    Array.from({ length: Math.ceil(layer.length / MOST_IN_ROW) }, (_, row) =>
      layer.slice(row * MOST_IN_ROW, (row + 1) * MOST_IN_ROW),
    ),
  );
}

function groupBySource(count: number, links: readonly Link[]): number[][] {
  const from = Array.from({ length: count }, (): number[] => []);
  links.forEach(({ source }, place) => from[source]!.push(place));
  return from;
}

function neighboursOf(count: number, links: readonly Link[]): number[][] {
  const found = Array.from({ length: count }, (): number[] => []);
  for (const { source, target } of links) {
    found[source]!.push(target);
    found[target]!.push(source);
  }
  return found;
}

function meanOf(nodes: readonly number[], values: Float64Array, otherwise: number): number {
  if (nodes.length === 0) return otherwise;
  let sum = 0;
  for (const node of nodes) sum += values[node]!;
  return sum / nodes.length;
}
