/**
 * The experiments of a view, with what they have in its fields. What is brushed on these fields does not take experiments
 * away: those stay, pale, so that a brush can be widened.
 */
import { filter } from "../../state/filter.svelte";
import { selection } from "../../state/selection.svelte";
import type { Cell } from "../../lib/cells";
import { TableValues } from "../table/tableValues.svelte";
import { withoutTerms } from "./filterParts";
import { readSettingCell } from "./settingCells";
import type { SettingField, SettingFields } from "./settingFields.svelte";

/** Every experiment has a name: who is answered is let through. */
const NAME = "run.name";

export interface SettingRow {
  id: string;
  /** By the fields' places. */
  cells: readonly Cell[];
  /** Whether the filter as a whole lets it through. */
  shown: boolean;
}

export interface SettingRows {
  readonly rows: readonly SettingRow[];
  /** Nothing was answered yet. */
  readonly isPending: boolean;
  /** Experiments whose files are still being read. */
  readonly unread: number;
  /** Why there is no answer; "" if there is one. */
  readonly failure: string;
}

/** Call it while a component is made. `brushed`: fields whose brushes take nobody away. */
export function useSettingRows(
  fields: SettingFields,
  wanted: () => readonly SettingField[],
  brushed: () => readonly SettingField[] = wanted,
): SettingRows {
  const values = new TableValues(readSettingCell);
  $effect(() => () => values.stop());

  const texts = $derived([...new Set(wanted().map(({ text }) => text))]);
  const base = $derived(
    withoutTerms(
      filter.meant,
      brushed().map(({ text }) => text),
    ),
  );
  $effect(() =>
    values.follow({
      filter: base,
      archived: true,
      columns: [NAME, ...texts],
      grouping: { by: [], pattern: "", folder: false },
    }),
  );
  // What scalars come to is asked again while files are read or grow: the server says so.
  const shownIds = $derived(new Set(selection.shownIds));
  const rows = $derived.by(() =>
    fields.experiments.flatMap(({ id }): SettingRow[] => {
      if (values.cell(NAME, id) === undefined) return [];
      return [
        { id, cells: wanted().map(({ text }) => values.cell(text, id) ?? null), shown: shownIds.has(id) },
      ];
    }),
  );

  return {
    get rows() {
      return rows;
    },
    get isPending() {
      return values.isPending && rows.length === 0;
    },
    get unread() {
      return values.unread;
    },
    get failure() {
      return values.failure;
    },
  };
}
