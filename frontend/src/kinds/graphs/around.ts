/** What is near a part, where more stands together than can be drawn. */
import type { Level, PartId } from "./groupedGraph";

/** The parts that are reached from `middle` over the fewest edges, whichever way they lead, and then others in their order. */
export function nearest(level: Level, middle: PartId, mostParts: number, mostBundles: number): Set<PartId> {
  const neighbours = new Map<PartId, PartId[]>();
  for (const { from, to } of level.bundles) {
    listOf(neighbours, from).push(to);
    listOf(neighbours, to).push(from);
  }
  const found = new Set([middle]);
  let bundles = 0;
  for (const part of found) {
    for (const other of neighbours.get(part) ?? []) {
      if (found.size >= mostParts || ++bundles > mostBundles) return found;
      found.add(other);
    }
  }
  for (const part of level.parts) {
    if (found.size >= mostParts) break;
    found.add(part);
  }
  return found;
}

function listOf(lists: Map<PartId, PartId[]>, part: PartId): PartId[] {
  const known = lists.get(part);
  if (known) return known;
  const made: PartId[] = [];
  lists.set(part, made);
  return made;
}
