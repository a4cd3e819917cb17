import { scalarLabels } from "../../state/scalarLabels.svelte";
import type { Pair } from "./view.svelte";

/** Those that have both labels, as far as is known. */
export function withBoth(experiments: readonly string[], pair: Pair): string[] {
  return experiments.filter((id) => {
    const logged = scalarLabels.names(id);
    return pair.every((label) => logged.has(label));
  });
}
