/** How much each label is smoothed where nobody has said it: as noisy ones need, decided once from what was logged. */
import { areNoisy, type Sampled } from "./noise";
import { smoothing } from "./view.svelte";

/** As TensorBoard begins with. */
const OF_NOISY = 0.6;

/** By label, of those of which it can be said. */
let noisy = $state.raw<ReadonlyMap<string, boolean>>(new Map());

/** The weight that a label is drawn with. */
export function smoothingOf(label: string): number {
  return smoothing.value ?? (noisy.get(label) ? OF_NOISY : 0);
}

/** The weight to ask with: the same before it is decided as after it, so that nothing is asked for twice. */
export function smoothingToAsk(): number {
  return smoothing.value ?? OF_NOISY;
}

/** What most of the labels that have been shown are drawn with. */
export function usualSmoothing(): number {
  const said = [...noisy.values()];
  return smoothing.value ?? (said.filter(Boolean).length > said.length / 2 ? OF_NOISY : 0);
}

/** The points of a label have come. */
export function decideSmoothing(label: string, lines: readonly Sampled[]): void {
  if (smoothing.value !== null || noisy.has(label)) return;
  const decided = areNoisy(lines);
  if (decided !== null) noisy = new Map(noisy).set(label, decided);
}
