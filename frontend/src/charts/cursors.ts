/** Charts with the same x axis point at the same x together. */
import type { Plot } from "./plot";

const groups = new Map<string, Set<Plot>>();

/** Returns the end of it. */
export function joinCursors(group: string, plot: Plot): () => void {
  const plots = groups.get(group) ?? new Set();
  groups.set(group, plots);
  plots.add(plot);
  return () => plots.delete(plot);
}

/** Somebody points at x in one chart; null: no longer. */
export function pointTogether(group: string, from: Plot, x: number | null): void {
  for (const plot of groups.get(group) ?? []) if (plot !== from) plot.showCrosshair(x);
}
