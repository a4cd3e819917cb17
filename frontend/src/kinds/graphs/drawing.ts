/** What is drawn of a graph: boxes and lines in one plane, put together from the layouts of its levels. */
import type { Point, Rectangle, Size } from "../../lib/geometry";
import { nearest } from "./around";
import { secondLine, textWidth } from "./boxText";
import type { Bundle, GroupedGraph, Holder, Level, PartId } from "./groupedGraph";
import { arranged, type Arranged, type Direction } from "./levelLayout";

/** `form`: a node, a group that is folded, or one that is open, and stands behind what is in it. */
export interface Box extends Rectangle {
  part: PartId;
  form: "node" | "folded" | "open";
  name: string;
  op: string;
  /** Of a group: its path, and how many nodes are in it. */
  path: string;
  count: number;
}

/** `from`, `to`: what it leads from and to; null: an edge of the group that it goes out of. */
export interface Line {
  points: Point[];
  from: PartId;
  to: PartId;
  count: number;
  label: string;
  /** Whether there is a head at its end. */
  isHeaded: boolean;
}

export interface Drawing extends Size {
  boxes: Box[];
  lines: Line[];
  /** What is not drawn, and what to do; "" if all is. */
  note: string;
}

export interface Wanted {
  open: ReadonlySet<PartId>;
  direction: Direction;
  /** Where more than can be drawn stands together, what is near this part is. */
  around: PartId | null;
}

/** Of one level. */
export const MOST_PARTS = 2000;
const MOST_BUNDLES = 6000;
const HEADER = 26;
const PAD = 16;

/** Of a level before it stands in its place, with flow downwards. */
interface Inner extends Size {
  boxes: Box[];
  lines: Line[];
  /** Where edges come in and go out, across the flow. */
  enters: number;
  leaves: number;
}

export function draw(graph: GroupedGraph, wanted: Wanted): Drawing {
  const levels = new Map(graph.levels(wanted.open).map((level) => [level.holder, level]));
  const inners = new Map<Holder, Inner>();
  let note = "";
  for (const level of [...levels.values()].reverse()) {
    const shown = withinLimits(level, wanted.around, graph);
    if (shown !== level)
      note = `${shown.parts.length.toLocaleString("en")} of ${level.parts.length.toLocaleString("en")} that stand together are drawn: search for another one to see what is near it.`;
    inners.set(level.holder, placeLevel(graph, shown, inners, wanted.direction));
  }
  const { boxes, lines, width, height } = inners.get(null)!;
  return wanted.direction === "down"
    ? { boxes, lines, width, height, note }
    : {
        boxes: boxes.map((box) => ({ ...box, ...turned(box) })),
        lines: lines.map((line) => ({ ...line, points: line.points.map(({ x, y }) => ({ x: y, y: x })) })),
        width: height,
        height: width,
        note,
      };
}

/** What of a level is drawn: all of it, or what is near some part. */
function withinLimits(level: Level, around: PartId | null, graph: GroupedGraph): Level {
  if (level.parts.length <= MOST_PARTS && level.bundles.length <= MOST_BUNDLES) return level;
  const chain = around === null ? [] : [...graph.holdersOf(around), around];
  const middle = level.parts.find((part) => chain.includes(part)) ?? level.parts[0]!;
  const kept = nearest(level, middle, MOST_PARTS, MOST_BUNDLES);
  return {
    ...level,
    parts: level.parts.filter((part) => kept.has(part)),
    bundles: level.bundles.filter(({ from, to }) => kept.has(from) && kept.has(to)).slice(0, MOST_BUNDLES),
  };
}

function placeLevel(
  graph: GroupedGraph,
  level: Level,
  inners: ReadonlyMap<Holder, Inner>,
  direction: Direction,
): Inner {
  const sizes = level.parts.map((part) => {
    const inner = inners.get(part);
    if (inner) return { width: inner.width, height: inner.height };
    const size = sizeOf(graph, part);
    return direction === "down" ? size : { width: size.height, height: size.width };
  });
  const placed = arranged(level, sizes, direction);
  const header = level.holder === null ? 0 : HEADER;
  const title = level.holder === null ? 0 : textWidth(graph.nameOf(level.holder)) + 90;
  const [across, along] = direction === "down" ? [0, header] : [header, 0];
  const least = direction === "down" ? { width: title, height: 0 } : { width: 0, height: title };
  const width = Math.max(placed.width + 2 * PAD + across, least.width);
  const height = Math.max(placed.height + 2 * PAD + along, least.height);
  const move = {
    x: across + (width - across - placed.width) / 2,
    y: along + (height - along - placed.height) / 2,
  };
  const inner: Inner = { width, height, boxes: [], lines: [], enters: width / 2, leaves: width / 2 };
  const byPart = new Map<PartId, Rectangle>();
  level.parts.forEach((part, place) => {
    const middle = placed.middles[place]!;
    const { width: w, height: h } = sizes[place]!;
    const box = { x: middle.x + move.x - w / 2, y: middle.y + move.y - h / 2, width: w, height: h };
    byPart.set(part, box);
    inner.boxes.push({ part, ...about(graph, part, inners.has(part)), ...box });
    const below = inners.get(part);
    if (!below) return;
    inner.boxes.push(...below.boxes.map((each) => ({ ...each, x: each.x + box.x, y: each.y + box.y })));
    inner.lines.push(
      ...below.lines.map((each) => ({ ...each, points: each.points.map((p) => moved(p, box)) })),
    );
  });
  for (const { bundle, points } of placed.lines) {
    inner.lines.push({
      points: joined(
        points.map((point) => moved(point, move)),
        bundle,
        byPart,
        inners,
      ),
      from: bundle.from,
      to: bundle.to,
      count: bundle.count,
      label: placed.hasLabels ? bundle.label : "",
      isHeaded: graph.directed,
    });
  }
  addPorts(inner, level, placed, move, byPart, inners);
  return inner;
}

/** Lines between what is in a group and its border, where edges come in from outside and go out. */
function addPorts(
  inner: Inner,
  level: Level,
  placed: Arranged,
  move: Point,
  byPart: ReadonlyMap<PartId, Rectangle>,
  inners: ReadonlyMap<Holder, Inner>,
): void {
  if (level.holder === null) return;
  const holder = level.holder;
  if (placed.enters !== null) inner.enters = placed.enters + move.x;
  if (placed.leaves !== null) inner.leaves = placed.leaves + move.x;
  const add = (part: PartId, count: number, isEntry: boolean) => {
    const box = byPart.get(part);
    if (!box) return;
    const below = inners.get(part);
    const atBorder = isEntry ? { x: inner.enters, y: 0 } : { x: inner.leaves, y: inner.height };
    const atPart = isEntry
      ? { x: box.x + (below?.enters ?? box.width / 2), y: box.y }
      : { x: box.x + (below?.leaves ?? box.width / 2), y: box.y + box.height };
    const [from, to] = isEntry ? [atBorder, atPart] : [atPart, atBorder];
    const routed = (isEntry ? placed.entering : placed.leaving).get(part);
    const half = (from.y + to.y) / 2;
    const between = routed?.slice(1, -1).map((point) => moved(point, move));
    const points = [
      from,
      ...(between ?? [
        { x: from.x, y: half },
        { x: to.x, y: half },
      ]),
      to,
    ];
    const ends = isEntry ? { from: holder, to: part } : { from: part, to: holder };
    inner.lines.push({ points, ...ends, count, label: "", isHeaded: isEntry && !below });
  };
  for (const [part, count] of level.enters) add(part, count, true);
  for (const [part, count] of level.leaves) add(part, count, false);
}

/** A line whose ends are where open groups let edges in and out. */
function joined(
  points: Point[],
  bundle: Bundle,
  byPart: ReadonlyMap<PartId, Rectangle>,
  inners: ReadonlyMap<Holder, Inner>,
): Point[] {
  if (bundle.from === bundle.to) return points;
  const [from, to] = [inners.get(bundle.from), inners.get(bundle.to)];
  const [fromBox, toBox] = [byPart.get(bundle.from)!, byPart.get(bundle.to)!];
  const found = [...points];
  // What leads back leaves and comes in where it may: from below to above it would cross all that is in the group.
  if (toBox.y < fromBox.y) return found;
  if (from) found[0] = { x: fromBox.x + from.leaves, y: fromBox.y + fromBox.height };
  if (to) found[found.length - 1] = { x: toBox.x + to.enters, y: toBox.y };
  return found;
}

function about(
  graph: GroupedGraph,
  part: PartId,
  isOpen: boolean,
): Pick<Box, "form" | "name" | "op" | "path" | "count"> {
  const isGroup = graph.isGroup(part);
  return {
    form: isOpen ? "open" : isGroup ? "folded" : "node",
    name: graph.nameOf(part),
    op: graph.opOf(part),
    path: isGroup ? graph.pathOf(part) : "",
    count: isGroup ? graph.countIn(part) : 0,
  };
}

/** As wide as what is written on it, which is cut (boxText.ts). */
function sizeOf(graph: GroupedGraph, part: PartId): Size {
  const { form, name, op, count } = about(graph, part, false);
  const second = secondLine(form, name, op, count);
  const width = Math.max(textWidth(name), textWidth(second) * 0.9, 30) + (form === "folded" ? 52 : 28);
  return { width, height: second === "" ? 30 : 42 };
}

function moved({ x, y }: Point, by: Point): Point {
  return { x: x + by.x, y: y + by.y };
}

function turned({ x, y, width, height }: Rectangle): Rectangle {
  return { x: y, y: x, width: height, height: width };
}
