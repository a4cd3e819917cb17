/** How the pictures of a folder stand together, if the first of them says so (docs/format.md, "Images"). */
import type { Grid } from "../../api/messages";
import { shownStep, type ShownStep, type StepChoice } from "../../lib/stepChoice";
import { catalogues } from "../../state/catalogues.svelte";
import { useItem } from "../../state/items.svelte";
import { imageContentOf } from "./boxes";
import type { Tile } from "./listing";

/** Which step a tile shows; null: there is none. */
export function stepOf({ experiment, label, step }: Tile, chosen: StepChoice): ShownStep | null {
  const wanted = step === "chosen" ? chosen : step;
  if (wanted === null) return { step: null, exact: true };
  const info = catalogues.info(experiment, "images", label);
  return shownStep(info.steps, info.hasGlobal, wanted);
}

/** Of the folder whose first picture this is; null: it has none. Call it while a component is made. */
export function useGrid(
  first: () => Tile | null,
  chosen: (tile: Tile) => StepChoice,
): { readonly value: Grid | null } {
  const item = useItem("images", () => {
    const tile = first();
    const at = tile && stepOf(tile, chosen(tile));
    return at && { experiment: tile.experiment, label: tile.label, step: at.step };
  });
  const value = $derived(imageContentOf(item.latest?.content ?? null).grid);
  return {
    get value() {
      return value;
    },
  };
}
