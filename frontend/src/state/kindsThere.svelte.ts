/** Of which kinds the root has something, and whether it has settings: they have a tab. Others are in the menu beside the tabs. */
import { experiments } from "./experiments.svelte";
import { Setting } from "./settings.svelte";

/** So that the tabs stand where they were when the page is opened again, before anything is known. */
const remembered = new Setting<readonly string[]>("kinds", []);

/** Those that catalogues told of, beside what was seen at a glance. */
let met = $state.raw<ReadonlySet<string>>(new Set());
/** Under the name of their page. */
const settings = $derived(experiments.haveSettings ? ["settings"] : []);
const known = $derived(new Set([...experiments.kinds, ...met, ...settings]));

export const kindsThere = {
  has(kind: string): boolean {
    return known.size > 0 ? known.has(kind) : remembered.value.includes(kind);
  },

  /** Something of this kind is in a catalogue. */
  meet(kind: string): void {
    if (!met.has(kind)) met = new Set([...met, kind]);
  },

  /** For an effect that lives as long as the page. */
  remember(): void {
    if (known.size > 0 && [...known].some((kind) => !remembered.value.includes(kind)))
      remembered.value = [...known].sort();
  },
};
