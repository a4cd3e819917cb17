/**
 * What experiments are called where several of them stand beside each other: their names without what all in the list share,
 * or chosen settings (`names` in the address). Titles stay as people wrote them. Copies and files have whole names.
 */
import { formatCell } from "../lib/cells";
import { readable } from "../lib/ids";
import { sharedBy, shortened } from "../lib/shortNames";
import { configOf } from "./configs";
import { experiments } from "./experiments.svelte";
import { selection } from "./selection.svelte";
import { readParameter, writeParameter } from "./view.svelte";

const settings = $derived(readParameter("names"));
const shared = $derived(
  sharedBy(selection.filtered.filter(({ title }) => title === "").map(({ name }) => name)),
);
const prefix = $derived(shared.prefix);
const suffix = $derived(shared.suffix);

export const names = {
  short(id: string): string {
    if (settings.length > 0) {
      const said = saidBySettings(id);
      if (said !== "") return said;
    }
    const name = experiments.nameOf(id);
    return name === readable(id) ? shortened(name, { prefix, suffix }) : name;
  },

  /** The settings that serve as names; none: names do. */
  get settings(): readonly string[] {
    return settings;
  },
  set settings(chosen: readonly string[]) {
    writeParameter("names", chosen);
  },
};

/** `lr=0.01 seed=3`; "" if it has none of the settings. */
function saidBySettings(id: string): string {
  const experiment = experiments.get(id);
  if (!experiment) return "";
  const config = configOf(experiment);
  return settings
    .flatMap((path) => {
      const value = config.get(path);
      return value === undefined ? [] : [`${path.slice(path.lastIndexOf(".") + 1)}=${formatCell(value)}`];
    })
    .join(" ");
}
