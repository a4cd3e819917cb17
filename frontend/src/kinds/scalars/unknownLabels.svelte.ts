/** Of how many of the shown experiments it is not known yet which labels they have. */
import { scalarLabels } from "../../state/scalarLabels.svelte";
import { selection } from "../../state/selection.svelte";

const count = $derived(
  selection.shownIds.reduce((sum, id) => sum + Number(scalarLabels.get(id)?.state === "loading"), 0),
);

export function unknownLabels(): { known: number; unknown: number } {
  return { known: selection.shownIds.length - count, unknown: count };
}
