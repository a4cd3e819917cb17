/** Which folders of runs are folded, in sidebar and table alike: kept in this browser, per root. */
import { headedFolders } from "../lib/runFolders";
import { experiments } from "./experiments.svelte";
import { Setting } from "./settings.svelte";

interface Folded {
  /** Whether they are, but for the exceptions. */
  all: boolean;
  except: readonly string[];
}

const kept = new Setting<Folded>("folded-folders", { all: false, except: [] });
const exceptions = $derived(new Set(kept.value.except));
const headed = $derived(headedFolders(experiments.sorted));

function isFolded(folder: string): boolean {
  return kept.value.all !== exceptions.has(folder);
}

export const foldedFolders = {
  /** Ids of the folders that have a head, whatever the filter leaves of them. */
  get headed(): ReadonlySet<string> {
    return headed;
  },

  has: isFolded,

  set(folder: string, folded: boolean): void {
    if (folded === isFolded(folder)) return;
    const others = kept.value.except.filter((each) => each !== folder);
    kept.value = { all: kept.value.all, except: exceptions.has(folder) ? others : [...others, folder] };
  },

  setAll(folded: boolean): void {
    kept.value = { all: folded, except: [] };
  },
};
