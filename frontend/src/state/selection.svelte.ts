/** Which experiments are shown: those the filter lets through and no rule hides. Both stand in the address. */
import type { Filter } from "../lib/filter";
import { compileRules, decodeRule, encodeRule, onlyOne, setFiltered, setOne, type Named } from "../lib/rules";
import type { ExperimentSummary } from "../api/messages";
import { experiments } from "./experiments.svelte";
import { filterParameter, readParameter, writeParameter } from "./view.svelte";

const filter = filterParameter("filter");
const words = $derived(readParameter("show"));
const rules = $derived(words.flatMap((word) => decodeRule(word) ?? []));
const isOn = $derived(compileRules(rules));

const filtered = $derived.by(() => {
  const { matches } = filter;
  return experiments.sorted.filter(({ name }) => matches(name));
});
const shown = $derived(filtered.filter(isOn));
const shownIds = $derived(shown.map(({ id }) => id));

export const selection = {
  get filter(): Filter {
    return filter.value;
  },
  set filter(value: Filter) {
    filter.value = value;
  },

  /** What the filter lets through, in the chosen order: the rows of the sidebar. */
  get filtered(): readonly ExperimentSummary[] {
    return filtered;
  },

  /** What the pages show, in the chosen order. */
  get shown(): readonly ExperimentSummary[] {
    return shown;
  },

  get shownIds(): readonly string[] {
    return shownIds;
  },

  isOn(named: Named): boolean {
    return isOn(named);
  },

  setOne(named: Named, show: boolean): void {
    setRules(setOne(rules, named, show));
  },

  /** Only this one; again: all. */
  toggleOnly(named: Named): void {
    const alone = filtered.every((other) => isOn(other) === (other.id === named.id));
    setRules(alone ? [] : onlyOne(named));
  },

  setFiltered(show: boolean): void {
    setRules(setFiltered(rules, filter.valid, show, experiments.sorted));
  },
};

function setRules(changed: readonly Parameters<typeof encodeRule>[0][]): void {
  writeParameter("show", changed.map(encodeRule));
}
