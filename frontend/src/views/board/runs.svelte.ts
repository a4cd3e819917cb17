/** Which experiments a board or a panel is about, and in which groups: what the page shows, restricted by their filters. */
import type { BoardSettings, Group, Grouping } from "../../api/messages";
import { bothFilters } from "./boardSettings";
import { filter } from "../../state/filter.svelte";
import { groupChoice } from "../../state/groupChoice.svelte";
import { grouping, type ShownGroups } from "../../state/grouping.svelte";
import { selection } from "../../state/selection.svelte";
import { steady } from "../../lib/steady";
import { TableValues } from "../table/tableValues.svelte";

/** Every experiment has a name: who is answered is let through. */
const NAME = "run.name";

export interface Runs {
  readonly ids: readonly string[];
  readonly groups: ShownGroups;
  /** Nothing was answered yet. */
  readonly isPending: boolean;
  /** Why the filter means nothing, or was not answered; "" where all is well. */
  readonly problem: string;
}

/** Whether a panel is about other experiments or groups than its board. */
export function hasOwnRuns(panel: BoardSettings): boolean {
  return (
    Boolean(panel.filter) || isGrouping(panel) || Boolean(panel.average ?? panel.band) || isSet(panel.singles)
  );
}

/**
 * Call it while a component is made. `asked` null: nothing is asked, and there are none. `experiment`: the only one it is
 * about, as far as the filter lets it through; null: those shown.
 */
export function useRuns(asked: () => BoardSettings | null, experiment: () => string | null): Runs {
  const values = new TableValues();
  $effect(() => () => values.stop());
  const keepSettings = steady<BoardSettings | null>();
  const keepIds = steady<readonly string[]>();
  const keepGroups = steady<readonly Group[]>();

  const settings = $derived(keepSettings(ofRuns(asked())));
  const among = $derived.by(() => {
    if (settings === null) return [];
    const only = experiment();
    return only === null ? selection.shownIds : [only];
  });
  const ownGrouping = $derived(settings && isGrouping(settings) ? groupingOf(settings) : null);
  const by = $derived(ownGrouping ?? groupChoice.asked);
  const isGrouped = $derived(by.by.length > 0 || by.pattern !== "" || by.folder);
  const isFiltered = $derived(Boolean(settings?.filter?.trim()));
  const isAsked = $derived(settings !== null && (isFiltered || (ownGrouping !== null && isGrouped)));
  $effect(() =>
    values.follow(
      isAsked
        ? {
            filter: bothFilters(experiment() === null ? filter.meant : "", settings?.filter ?? ""),
            archived: true,
            columns: [NAME],
            grouping: by,
          }
        : null,
    ),
  );

  const ids = $derived(
    keepIds(isFiltered ? among.filter((id) => values.cell(NAME, id) !== undefined) : among),
  );
  const own = $derived.by(() => {
    if (!isAsked) return isGrouped ? grouping.groups : [];
    const meant = new Set(ids);
    const groups = values.groups.map((group) => ({
      ...group,
      experiments: group.experiments.filter((id) => meant.has(id)),
    }));
    return keepGroups(groups.filter((group) => group.experiments.length > 0));
  });

  return {
    get ids() {
      return ids;
    },
    groups: {
      get isOn() {
        return isGrouped;
      },
      get groups() {
        return own;
      },
      get average() {
        return settings?.average ?? grouping.average;
      },
      get band() {
        return settings?.band ?? grouping.band;
      },
      get singles() {
        return settings?.singles ?? grouping.singles;
      },
    },
    get isPending() {
      return isAsked && values.isPending && ids.length === 0;
    },
    get problem() {
      return isAsked ? (values.mistakes[0]?.reason ?? values.failure) : "";
    },
  };
}

/** What of a board or a panel is about its runs. */
function ofRuns(settings: BoardSettings | null): BoardSettings | null {
  if (settings === null) return null;
  const { filter, group_by, group_pattern, group_folder, average, band, singles } = settings;
  return { filter, group_by, group_pattern, group_folder, average, band, singles } as BoardSettings;
}

function isGrouping({ group_by, group_pattern, group_folder }: BoardSettings): boolean {
  return isSet(group_by) || Boolean(group_pattern) || isSet(group_folder);
}

function groupingOf({ group_by, group_pattern, group_folder }: BoardSettings): Grouping {
  return { by: group_by ?? [], pattern: group_pattern ?? "", folder: group_folder ?? false };
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}
