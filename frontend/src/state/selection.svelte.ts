/**
 * Which experiments are shown: those the filter lets through and no rule hides. Both stand in the address. Archived ones
 * are left out unless the address says so, too.
 */
import type { ExperimentSummary } from "../api/messages";
import { experiments } from "./experiments.svelte";
import { filter } from "./filter.svelte";
import {
  carryId,
  compileRules,
  decodeRule,
  encodeRule,
  onlyThese,
  setOne,
  setSome,
  type Named,
} from "./rules";
import { flagParameter, readParameter, writeParameter } from "./view.svelte";

const archivedToo = flagParameter("archived", false);
const words = $derived(readParameter("show"));
const rules = $derived(words.flatMap((word) => decodeRule(word) ?? []));
const isOn = $derived(compileRules(rules));

const matching = $derived.by(() => {
  const { letThrough } = filter;
  return letThrough ? experiments.sorted.filter(({ id }) => letThrough.has(id)) : experiments.sorted;
});
const filtered = $derived(archivedToo.value ? matching : matching.filter(({ archived }) => !archived));
const archivedCount = $derived(matching.reduce((sum, { archived }) => sum + Number(archived), 0));
const shown = $derived(filtered.filter(isOn));
const shownIds = $derived(shown.map(({ id }) => id));

export const selection = {
  /** Whether archived ones are there like the others. */
  get archivedToo(): boolean {
    return archivedToo.value;
  },
  set archivedToo(value: boolean) {
    archivedToo.value = value;
  },

  /** How many of those that the filter lets through are archived. */
  get archivedCount(): number {
    return archivedCount;
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
    setRules(alone ? [] : onlyThese([named.id]));
  },

  /** An experiment has another id now: what is said of it alone holds for that. */
  carry(from: string, to: string): void {
    setRules(carryId(rules, from, to));
  },

  /** Show or hide every row of the sidebar; where the filter was not answered yet, every row that there will be. */
  setFiltered(show: boolean): void {
    if (!filter.isOn) setRules(show ? [] : onlyThese([]));
    else filter.whenAnswered(() => this.setThese(filtered, show));
  },

  setThese(some: readonly Named[], show: boolean): void {
    setRules(setSome(rules, some, show, experiments.sorted));
  },

  /** Show these, and nothing else; the back button shows the others again. */
  showOnly(ids: readonly string[]): void {
    writeParameter("show", onlyThese(ids).map(encodeRule), { step: true });
  },

  /** Show everything, whatever is filtered or hidden. */
  showAll(): void {
    filter.text = "";
    setRules([]);
  },
};

function setRules(changed: readonly Parameters<typeof encodeRule>[0][]): void {
  writeParameter("show", changed.map(encodeRule));
}
