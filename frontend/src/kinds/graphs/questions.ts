/** What can be asked of a graph beside its drawing: where a name is, and what is known of a part. */
import type { GroupedGraph, PartId } from "./groupedGraph";

export interface Found {
  part: PartId;
  name: string;
  op: string;
  /** The groups that it is in: `encoder/0`. */
  path: string;
}

export interface Neighbour extends Found {
  label: string;
}

/** `inputs`, `outputs`: the first of them; `inputCount`, `outputCount`: all. Without directions all are outputs. */
export interface About extends Found {
  id: string;
  isGroup: boolean;
  count: number;
  attributes: [string, string][];
  inputs: Neighbour[];
  inputCount: number;
  outputs: Neighbour[];
  outputCount: number;
}

const MOST_NEIGHBOURS = 200;

/** The parts whose name, path or operation has all the words: first whose name begins with the text. */
export function search(graph: GroupedGraph, text: string, most: number): { found: Found[]; count: number } {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return { found: [], count: 0 };
  const [begins, others]: PartId[][] = [[], []];
  for (let part = 0; part < graph.nodes.length + graph.paths.length; part++) {
    const name = graph.nameOf(part).toLowerCase();
    const all = `${fullName(graph, part)} ${name} ${graph.opOf(part)}`.toLowerCase();
    if (words.every((word) => all.includes(word)))
      (name.startsWith(words[0]!) ? begins! : others!).push(part);
  }
  const parts = [...begins!, ...others!];
  return { found: parts.slice(0, most).map((part) => foundOf(graph, part)), count: parts.length };
}

export function about(graph: GroupedGraph, part: PartId): About {
  const isGroup = graph.isGroup(part);
  const inside = (node: PartId) =>
    isGroup ? node === part || graph.holdersOf(node).includes(part) : node === part;
  const [inputs, outputs]: Neighbour[][] = [[], []];
  let [inputCount, outputCount] = [0, 0];
  graph.sources.forEach((source, edge) => {
    const target = graph.targets[edge]!;
    const [comes, goes] = [inside(target), inside(source)];
    if (!comes && !goes) return;
    if (isGroup && comes && goes) return;
    const label = graph.edgeLabel(edge);
    if (goes || !graph.directed) {
      outputCount++;
      const other = goes ? target : source;
      if (outputs!.length < MOST_NEIGHBOURS) outputs!.push({ ...foundOf(graph, other), label });
    }
    if (comes && graph.directed) {
      inputCount++;
      if (inputs!.length < MOST_NEIGHBOURS) inputs!.push({ ...foundOf(graph, source), label });
    }
  });
  const attributes = isGroup ? graph.groupInfo(part).attributes : graph.nodes[part]!.attributes;
  return {
    ...foundOf(graph, part),
    id: isGroup ? graph.pathOf(part) : graph.nodes[part]!.id,
    isGroup,
    count: isGroup ? graph.countIn(part) : 0,
    attributes: Object.entries(attributes ?? {}),
    inputs: inputs!,
    inputCount,
    outputs: outputs!,
    outputCount,
  };
}

function foundOf(graph: GroupedGraph, part: PartId): Found {
  const holder = graph.holderOf(part);
  return {
    part,
    name: graph.nameOf(part),
    op: graph.opOf(part),
    path: holder === null ? "" : graph.pathOf(holder),
  };
}

function fullName(graph: GroupedGraph, part: PartId): string {
  return graph.isGroup(part) ? graph.pathOf(part) : graph.nodes[part]!.id;
}
