/**
 * What experiments are called where several of them stand beside each other: their names without what all in the list share, or those of a sweep,
 * or chosen settings (`names` in the address). Titles stay as people wrote them. Copies and files have whole names.
 */
import { formatCell } from "../lib/cells";
import { readable } from "../lib/ids";
import { shortName, shorteningOf, type Shortening } from "../lib/shortNames";
import { configOf } from "./configs";
import { experiments } from "./experiments.svelte";
import { selection } from "./selection.svelte";
import { readParameter, writeParameter } from "./view.svelte";

const settings = $derived(readParameter("names"));
/** As text, so that it is the same while experiments come and go that change nothing. */
const shared = $derived(
  JSON.stringify(
    shorteningOf(selection.filtered.filter(({ title }) => title === "").map(({ name }) => name)),
  ),
);
const shortening = $derived(JSON.parse(shared) as Shortening);

export const names = {
  short(id: string): string {
    if (settings.length > 0) {
      const said = saidBySettings(id);
      if (said !== "") return said;
    }
    const name = experiments.nameOf(id);
    return name === readable(id) ? shortName(name, shortening) : name;
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
