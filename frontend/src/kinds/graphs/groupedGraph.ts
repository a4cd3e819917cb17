/**
 * A graph whose nodes are in groups, in groups: what is drawn where some groups are open and all others are one box.
 *
 * Nodes and groups are both called parts, and are numbers: node i is i, groups come after all nodes.
 */
import type { GraphGroup, GraphPart } from "../../api/messages";

export type PartId = number;

/** `null`: the graph itself, which holds everything. */
export type Holder = PartId | null;

/** Edges of one pair of parts, drawn as one line. `label`: only of a single edge. */
export interface Bundle {
  from: PartId;
  to: PartId;
  count: number;
  label: string;
}

/** What stands directly in the graph or an open group. `enters`, `leaves`: which of it edges from and to the outside touch. */
export interface Level {
  holder: Holder;
  parts: PartId[];
  bundles: Bundle[];
  enters: Map<PartId, number>;
  leaves: Map<PartId, number>;
}

/** So many parts are unfolded at first, if all of the graph has no more. */
const MOST_AT_FIRST = 40;
/** Of a larger one, so many boxes are. */
const MOST_OF_LARGE = 16;

export class GroupedGraph {
  readonly nodes: GraphPart["nodes"];
  readonly directed: boolean;
  readonly sources: readonly number[];
  readonly targets: readonly number[];
  /** Paths of groups, in the order of their numbers. */
  readonly paths: string[] = [];
  readonly #edgeLabels: readonly string[];
  readonly #groups: Record<string, GraphGroup>;
  readonly #byPath = new Map<string, PartId>();
  readonly #children = new Map<Holder, PartId[]>([[null, []]]);
  readonly #holders: Holder[] = [];
  readonly #counts: number[] = [];

  constructor(part: GraphPart) {
    this.nodes = part.nodes;
    this.directed = part.directed;
    this.sources = part.sources;
    this.targets = part.targets;
    this.#edgeLabels = part.edge_labels;
    this.#groups = part.groups;
    this.nodes.forEach((node, id) => {
      const holder = this.#groupOf(node.group ?? "");
      this.#holders[id] = holder;
      this.#children.get(holder)!.push(id);
      for (let above = holder; above !== null; above = this.holderOf(above)) {
        const place = above - this.nodes.length;
        this.#counts[place] = (this.#counts[place] ?? 0) + 1;
      }
    });
  }

  isGroup(part: PartId): boolean {
    return part >= this.nodes.length;
  }

  holderOf(part: PartId): Holder {
    return this.#holders[part] ?? null;
  }

  childrenOf(holder: Holder): readonly PartId[] {
    return this.#children.get(holder) ?? [];
  }

  /** How many nodes are in a group, at any depth. */
  countIn(group: PartId): number {
    return this.#counts[group - this.nodes.length] ?? 0;
  }

  groupOfPath(path: string): PartId | undefined {
    return this.#byPath.get(path);
  }

  pathOf(group: PartId): string {
    return this.paths[group - this.nodes.length] ?? "";
  }

  groupInfo(group: PartId): GraphGroup {
    const path = this.pathOf(group);
    return Object.hasOwn(this.#groups, path) ? this.#groups[path]! : {};
  }

  edgeLabel(edge: number): string {
    return this.#edgeLabels[edge] ?? "";
  }

  nameOf(part: PartId): string {
    if (this.isGroup(part)) return this.pathOf(part).split("/").at(-1)!;
    const node = this.nodes[part]!;
    return node.label || node.id;
  }

  /** What a node does, or what a group is; "" if nobody says. */
  opOf(part: PartId): string {
    return (this.isGroup(part) ? this.groupInfo(part).op : this.nodes[part]!.op) ?? "";
  }

  /** The groups that a part is in, the outermost first. */
  holdersOf(part: PartId): PartId[] {
    const found: PartId[] = [];
    for (let above = this.holderOf(part); above !== null; above = this.holderOf(above)) found.push(above);
    return found.reverse();
  }

  /** The groups that are open at first: all of a small graph, else level by level as long as there are few boxes. */
  openAtFirst(): PartId[] {
    if (this.nodes.length + this.paths.length <= MOST_AT_FIRST)
      return this.paths.map((_, place) => this.nodes.length + place);
    const found: PartId[] = [];
    let level = this.childrenOf(null);
    let boxes = level.length;
    for (;;) {
      const groups = level.filter((part) => this.isGroup(part));
      const inner = groups.flatMap((group) => this.childrenOf(group));
      boxes += inner.length - groups.length;
      if (groups.length === 0 || (boxes > MOST_OF_LARGE && level.length > 1)) return found;
      found.push(...groups);
      level = inner;
    }
  }

  /** The graph and each open group that can be seen, with what stands in it. */
  levels(open: ReadonlySet<PartId>): Level[] {
    const levels = new Map<Holder, Level>();
    const add = (holder: Holder): void => {
      const parts = [...this.childrenOf(holder)];
      levels.set(holder, { holder, parts, bundles: [], enters: new Map(), leaves: new Map() });
      for (const part of parts) if (open.has(part)) add(part);
    };
    add(null);
    const bundles = new Map<Holder, Map<number, Bundle>>();
    const parts = this.nodes.length + this.paths.length;
    this.sources.forEach((source, edge) => {
      const [from, to] = [this.#seen(source, levels), this.#seen(this.targets[edge]!, levels)];
      const shared = sharedBegin(from, to);
      const [fromPart, toPart] = [from[shared], to[shared]];
      if (fromPart === undefined || toPart === undefined) return;
      if (fromPart === toPart && this.isGroup(fromPart)) return; // within a folded group
      const holder = shared === 0 ? null : from[shared - 1]!;
      const known = bundles.get(holder) ?? new Map<number, Bundle>();
      bundles.set(holder, known);
      const key = fromPart * parts + toPart;
      const bundle = known.get(key);
      if (bundle) bundle.count++;
      else known.set(key, { from: fromPart, to: toPart, count: 1, label: this.edgeLabel(edge) });
      for (let depth = shared; depth < from.length - 1; depth++)
        addTo(levels.get(from[depth]!)!.leaves, from[depth + 1]!);
      for (let depth = shared; depth < to.length - 1; depth++)
        addTo(levels.get(to[depth]!)!.enters, to[depth + 1]!);
    });
    for (const [holder, found] of bundles)
      levels.get(holder)!.bundles = [...found.values()].map((bundle) =>
        bundle.count === 1 ? bundle : { ...bundle, label: "" },
      );
    return [...levels.values()];
  }

  /** The open groups that a node is seen in, the outermost first, and what is seen of it there. */
  #seen(node: PartId, levels: ReadonlyMap<Holder, Level>): PartId[] {
    const chain = [...this.holdersOf(node), node];
    const closed = chain.findIndex((part) => !levels.has(part));
    return closed === -1 ? chain : chain.slice(0, closed + 1);
  }

  #groupOf(path: string): Holder {
    if (path === "") return null;
    const known = this.#byPath.get(path);
    if (known !== undefined) return known;
    const above = this.#groupOf(path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "");
    const group = this.nodes.length + this.paths.length;
    this.paths.push(path);
    this.#byPath.set(path, group);
    this.#holders[group] = above;
    this.#children.get(above)!.push(group);
    this.#children.set(group, []);
    return group;
  }
}

function sharedBegin(a: readonly PartId[], b: readonly PartId[]): number {
  let shared = 0;
  // A node that leads to itself is left where it stands.
  const most = Math.min(a.length, b.length) - 1;
  while (shared < most && a[shared] === b[shared]) shared++;
  return shared;
}

function addTo(counts: Map<PartId, number>, part: PartId): void {
  counts.set(part, (counts.get(part) ?? 0) + 1);
}
