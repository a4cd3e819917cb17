/** Of which kinds the root has something: they have a tab. Others are in the menu beside the tabs. */
import { catalogues } from "./catalogues.svelte";
import { experiments } from "./experiments.svelte";
import { Setting } from "./settings.svelte";

/** So that the tabs stand where they were when the page is opened again, before anything is known. */
const remembered = new Setting<readonly string[]>("kinds", []);

const known = $derived(new Set([...experiments.kinds, ...catalogues.kindsMet]));

export const kindsThere = {
  has(kind: string): boolean {
    return known.size > 0 ? known.has(kind) : remembered.value.includes(kind);
  },

  /** For an effect that lives as long as the page. */
  remember(): void {
    if (known.size > 0 && [...known].some((kind) => !remembered.value.includes(kind)))
      remembered.value = [...known].sort();
  },
};
