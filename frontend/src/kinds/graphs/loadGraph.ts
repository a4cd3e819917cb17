/** The nodes and edges of a graph's file, as the server has checked them. */
import { fetchPart } from "../../api/items";
import type { GraphPart, ItemOf } from "../../api/messages";

export const loadGraph = (
  _experiment: string,
  _path: string,
  signal: AbortSignal,
  item: ItemOf<"graphs">,
): Promise<GraphPart> => fetchPart<GraphPart>(item.address, {}, signal);
