/** Where the values of a label lie over all entries on show: they have the same axis, so that they can be compared. */
import { SvelteMap } from "svelte/reactivity";
import type { Range } from "../../charts/ranges";

const extents = new SvelteMap<string, SvelteMap<string, Range>>();

/** The values of this entry lie there, until the returned function is called. For effects. */
export function holdExtent(label: string, experiment: string, extent: Range): () => void {
  let ofLabel = extents.get(label);
  if (!ofLabel) extents.set(label, (ofLabel = new SvelteMap<string, Range>()));
  ofLabel.set(experiment, extent);
  return () => extents.get(label)?.delete(experiment);
}

/** null: nothing is known yet. */
export function extentOfLabel(label: string): Range | null {
  const all = [...(extents.get(label)?.values() ?? [])];
  if (all.length === 0) return null;
  const [low, high] = [Math.min(...all.map(([min]) => min)), Math.max(...all.map(([, max]) => max))];
  const room = low < high ? 0 : Math.abs(low) * 0.1 || 0.5;
  return [low - room, high + room];
}
