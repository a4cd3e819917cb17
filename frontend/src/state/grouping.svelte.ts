/**
 * Groups of experiments that have something in common: settings, tags, a folder, a part of their names. What they are
 * grouped by is `groupChoice`; who is in them is said by the server with the filter. Who is hidden in the sidebar stays in
 * the group: what is made of it is exact, whatever is drawn.
 */
import type { Group } from "../api/messages";
import { experiments } from "./experiments.svelte";
import { filter } from "./filter.svelte";
import { groupChoice } from "./groupChoice.svelte";
import { selection } from "./selection.svelte";

const isMeant = $derived.by(() => {
  const archivedToo = selection.archivedToo;
  return (id: string) => {
    const experiment = experiments.get(id);
    return experiment !== undefined && (archivedToo || !experiment.archived);
  };
});
let last: readonly Group[] = [];
const groups = $derived.by(() => {
  const now = groupChoice.isOn
    ? filter.groups
        .map((group) => (group.experiments.every(isMeant) ? group : without(group)))
        .filter((group) => group.experiments.length > 0)
    : [];
  // Rows change every second; who is together seldom does.
  if (now.length !== last.length || now.some((group, index) => !isSame(group, last[index]!))) last = now;
  return last;
});
const byExperiment = $derived(
  new Map(groups.flatMap((group) => group.experiments.map((id) => [id, group] as const))),
);

export const grouping = {
  /** Whether experiments are grouped at all. */
  get isOn(): boolean {
    return groupChoice.isOn;
  },

  /**
   * All that the filter lets through, in the order of the keys; archived ones only where they are shown. The same
   * array until somebody comes, goes or changes the group.
   */
  get groups(): readonly Group[] {
    return groups;
  },

  /** undefined: experiments are not grouped, or this one is not let through. */
  groupOf(experiment: string): Group | undefined {
    return byExperiment.get(experiment);
  },

  get average() {
    return groupChoice.average;
  },

  get band() {
    return groupChoice.band;
  },

  /** Whether single experiments are drawn pale behind their groups. */
  get singles(): boolean {
    return groupChoice.singles;
  },
};

/** Groups that a chart can draw: those of all pages, or others. */
export type ShownGroups = Pick<typeof grouping, "isOn" | "groups" | "average" | "band" | "singles">;

function without(group: Group): Group {
  return { ...group, experiments: group.experiments.filter(isMeant) };
}

function isSame(one: Group, other: Group): boolean {
  return (
    one === other ||
    (one.title === other.title &&
      one.experiments.length === other.experiments.length &&
      one.experiments.every((id, index) => id === other.experiments[index]))
  );
}
