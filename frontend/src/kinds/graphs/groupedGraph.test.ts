import { expect, test } from "vitest";
import type { GraphPart } from "../../api/messages";
import { nearest } from "./around";
import { boxBeside, pathOf } from "./boxes";
import { cutText } from "./boxText";
import { draw, MOST_PARTS, type Drawing } from "./drawing";
import { GroupedGraph, type Holder } from "./groupedGraph";
import { layeredPlaces } from "./layered";
import { about, search } from "./questions";

/** Ids with slashes are in groups; edges as `a>b`. */
function graphOf(ids: string[], edges: string[], directed = true): GroupedGraph {
  const part: GraphPart = {
    directed,
    nodes: ids.map((id) => ({
      id,
      label: id.split("/").at(-1)!,
      group: id.includes("/") ? id.slice(0, id.lastIndexOf("/")) : "",
    })),
    sources: edges.map((edge) => ids.indexOf(edge.split(">")[0]!)),
    targets: edges.map((edge) => ids.indexOf(edge.split(">")[1]!)),
    edge_labels: edges.map((_, place) => `e${place}`),
    groups: { enc: { op: "Encoder" } },
    note: "",
  };
  return new GroupedGraph(part);
}

const IDS = ["in", "enc/a", "enc/sub/b", "enc/sub/c", "out"];
const EDGES = ["in>enc/a", "enc/a>enc/sub/b", "enc/sub/b>enc/sub/c", "enc/sub/c>out", "in>enc/sub/c"];
const graph = graphOf(IDS, EDGES);
const [ENC, SUB] = ["enc", "enc/sub"].map((path) => graph.groupOfPath(path)!) as [number, number];

function bundlesOf(open: number[]): [Holder, string[]][] {
  return graph
    .levels(new Set(open))
    .map(({ holder, bundles }) => [
      holder,
      bundles.map(({ from, to, count }) => `${graph.nameOf(from)}>${graph.nameOf(to)}×${count}`),
    ]);
}

test("folded groups stand for all that is in them", () => {
  expect(bundlesOf([])).toEqual([[null, ["in>enc×2", "enc>out×1"]]]);
  expect(graph.countIn(ENC)).toBe(3);
});

test("an open group shows what is in it, and where edges come in and go out", () => {
  expect(bundlesOf([ENC])).toEqual([
    [null, ["in>enc×2", "enc>out×1"]],
    [ENC, ["a>sub×1"]],
  ]);
  const [, inner] = graph.levels(new Set([ENC]));
  expect([...inner!.enters]).toEqual([
    [1, 1],
    [SUB, 1],
  ]);
  expect([...inner!.leaves]).toEqual([[SUB, 1]]);
  // One in a group that is folded is not seen.
  expect(bundlesOf([SUB])).toEqual(bundlesOf([]));
});

test("a label stands on one edge, and on none of many", () => {
  expect(graph.levels(new Set())[0]!.bundles.map(({ label }) => label)).toEqual(["", "e3"]);
});

test("a small graph opens whole, a large one as its few top groups", () => {
  expect(graph.openAtFirst()).toEqual([ENC, SUB]);
  const ids = Array.from({ length: 10_000 }, (_, n) => `net/stage${n % 7}/block${n % 49}/op${n}`);
  const large = graphOf(
    ids,
    ids
      .slice(1)
      .map((id, n) => `${ids[n]!}>${id}`)
      .slice(0, 100),
  );
  const open = large.openAtFirst();
  expect(open.map((group) => large.pathOf(group))).toEqual(["net"]);
  expect(draw(large, { open: new Set(open), direction: "down", around: null }).boxes).toHaveLength(8);
});

test("an edge from a node to itself, in circles and twice is drawn", () => {
  const round = graphOf(["a", "b"], ["a>a", "a>b", "b>a", "a>b"]);
  const { lines, boxes } = draw(round, { open: new Set(), direction: "down", around: null });
  expect(lines.map(({ from, to, count }) => [from, to, count])).toEqual([
    [0, 0, 1],
    [0, 1, 2],
    [1, 0, 1],
  ]);
  expect(boxes[1]!.y).toBeGreaterThan(boxes[0]!.y);
});

function overlaps({ boxes }: Drawing): number {
  const leaves = boxes.filter(({ form }) => form !== "open");
  let count = 0;
  leaves.forEach((a, place) => {
    for (const b of leaves.slice(place + 1))
      if (a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height) count++;
  });
  return count;
}

test.each(["down", "right"] as const)("boxes lie in their groups and not on each other, %s", (direction) => {
  const drawing = draw(graph, { open: new Set([ENC, SUB]), direction, around: null });
  expect(overlaps(drawing)).toBe(0);
  const group = drawing.boxes.find(({ part }) => part === SUB)!;
  for (const part of [2, 3]) {
    const box = drawing.boxes.find((each) => each.part === part)!;
    expect([box.x > group.x, box.y > group.y]).toEqual([true, true]);
    expect(box.x + box.width).toBeLessThan(group.x + group.width);
    expect(box.y + box.height).toBeLessThan(group.y + group.height);
  }
  for (const { points } of drawing.lines)
    for (const { x, y } of points) expect(Number.isFinite(x + y)).toBe(true);
});

test("a level that is too large for the library is laid out in layers", () => {
  const ids = Array.from({ length: 1500 }, (_, n) => `n${n}`);
  const wide = graphOf(
    ids,
    ids.slice(1).map((id, n) => `${ids[n >> 1]!}>${id}`),
  );
  const drawing = draw(wide, { open: new Set(), direction: "down", around: null });
  expect(drawing.boxes).toHaveLength(1500);
  expect(overlaps(drawing)).toBe(0);
  expect(drawing.note).toBe("");
});

test("more than can be drawn is what is near the part that was searched", () => {
  const ids = Array.from({ length: MOST_PARTS + 500 }, (_, n) => `n${n}`);
  const long = graphOf(
    ids,
    ids.slice(1).map((id, n) => `${ids[n]!}>${id}`),
  );
  const last = ids.length - 1;
  const drawing = draw(long, { open: new Set(), direction: "down", around: last });
  expect(drawing.boxes).toHaveLength(MOST_PARTS);
  expect(drawing.boxes.some(({ part }) => part === last)).toBe(true);
  expect(drawing.note).toContain("2,000 of 2,500");
});

test("what is nearest comes first, whichever way edges lead", () => {
  const bundles = [
    { from: 0, to: 1, count: 1, label: "" },
    { from: 2, to: 1, count: 1, label: "" },
  ];
  const level = { holder: null, parts: [5, 0, 1, 2], bundles, enters: new Map(), leaves: new Map() };
  expect([...nearest(level, 2, 3, 99)]).toEqual([2, 1, 0]);
  expect([...nearest(level, 0, 4, 99)]).toEqual([0, 1, 2, 5]);
});

test("layers follow edges, and circles end", () => {
  const size = { width: 10, height: 10 };
  const places = layeredPlaces(
    [size, size, size],
    [
      { source: 0, target: 1 },
      { source: 1, target: 2 },
      { source: 2, target: 0 },
    ],
  );
  expect(places[0]!.y < places[1]!.y && places[1]!.y < places[2]!.y).toBe(true);
});

test("names, paths and operations are searched, names that begin so first", () => {
  expect(search(graph, "enc SUB", 2)).toMatchObject({ count: 3, found: [{ name: "b" }, { name: "c" }] });
  expect(search(graph, "encoder", 9).found).toMatchObject([{ name: "enc", op: "Encoder" }]);
  expect(search(graph, " ", 9).count).toBe(0);
});

test("what is known of a group are the edges over its border", () => {
  expect(about(graph, ENC)).toMatchObject({ inputCount: 2, outputCount: 1, count: 3, id: "enc" });
  expect(about(graph, 0).outputs.map(({ name, label }) => [name, label])).toEqual([
    ["a", "e0"],
    ["c", "e4"],
  ]);
  const friends = graphOf(["a", "b"], ["a>b"], false);
  expect([about(friends, 1).inputCount, about(friends, 1).outputs[0]?.name]).toEqual([0, "a"]);
});

test("arrow keys go to the next box on that side", () => {
  const { boxes } = draw(graph, { open: new Set(), direction: "down", around: null });
  const names = (side: "up" | "down") =>
    boxBeside(
      boxes,
      boxes.find(({ name }) => name === "enc")!,
      side,
    )?.name;
  expect([names("up"), names("down")]).toEqual(["in", "out"]);
});

test("a long name is cut in its middle, a line is smooth", () => {
  expect(cutText(`${"a".repeat(40)}zz`)).toMatch(/^a+….*zz$/);
  expect([...cutText("🙂".repeat(60))]).toHaveLength(30);
  expect(
    pathOf([
      { x: 0, y: 0 },
      { x: 1, y: 2 },
    ]),
  ).toBe("M0.0 0.0L1.0 2.0");
  expect(pathOf([])).toBe("");
});
