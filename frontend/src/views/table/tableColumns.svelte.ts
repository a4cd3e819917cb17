/** Which columns the overview has: what the address says (columnChoice.ts), of what there is. */
import type { ExperimentSummary } from "../../api/messages";
import { labelDefinitions } from "../../state/labelDefinitions.svelte";
import { pageStep } from "../../state/pageStep.svelte";
import { flagParameter, readParameter, writeParameter } from "../../state/view.svelte";
import { steady } from "../../lib/steady";
import { aspectOf, keyOf } from "./aspects";
import type { Cell } from "../../lib/cells";
import {
  FACTS,
  FIRST_WORDS,
  moveColumn,
  placedColumns,
  RESULTS,
  SETTINGS,
  withColumns,
  withoutColumns,
} from "./columnChoice";
import { labelColumn } from "./labelColumns";
import { FIRST_FACTS, KNOWN_COLUMNS, NAME } from "./overviewColumns";
import { settingColumn, SETTING_PREFIX, shapeOfSettings, type SettingsShape } from "./settingColumns";
import type { Column } from "./tableColumn";

const WORDS = "overview.column";
/** Result columns that nobody has asked for. */
const FIRST_RESULTS = 3;
/** Settings that nobody has asked for: a table of thousands would stop the page. */
const MOST_SETTINGS = 50;
const constantToo = flagParameter("overview.constant", false);

export interface TableColumns {
  /** With the name first. */
  readonly shown: readonly Column[];
  /** What is known of each experiment, and settings: labels have too many aspects for a list. */
  readonly listed: readonly Column[];
  /** How many are left out because they say the same of all. */
  readonly constantCount: number;
  /** How many settings are left out because there are so many. */
  readonly leftOutCount: number;
  constantToo: boolean;
  readonly isAsAtFirst: boolean;
  has: (key: string) => boolean;
  /** By a key, whether it is shown or not; undefined: none that is known. */
  find: (key: string) => Column | undefined;
  add: (keys: readonly string[]) => void;
  remove: (keys: readonly string[]) => void;
  move: (key: string, before: string | null) => void;
  reset: () => void;
}

/** Call it while a component is made. */
export function useTableColumns(
  experiments: () => readonly ExperimentSummary[],
  results: () => readonly string[],
  cellOf: (field: string, experiment: string) => Cell,
): TableColumns {
  const keepShapes = steady<SettingsShape[]>();

  const words = $derived.by(() => {
    const chosen = readParameter(WORDS);
    return chosen.length > 0 ? chosen : FIRST_WORDS;
  });
  const shapes = $derived(keepShapes(shapeOfSettings(experiments())));
  const settings = $derived(shapes.map(settingColumn));
  const leftOut = $derived.by(() => {
    const told = constantToo.value ? shapes : shapes.filter(({ constant }) => !constant);
    return new Set(told.slice(MOST_SETTINGS).map(({ name }) => SETTING_PREFIX + name));
  });
  const listed = $derived([...KNOWN_COLUMNS, ...settings]);
  const byKey = $derived(new Map([NAME, ...listed].map((column) => [column.key, column])));
  const groups = $derived({
    [RESULTS]: results()
      .slice(0, FIRST_RESULTS)
      .map((label) =>
        keyOf(
          pageStep.value === "latest"
            ? { label, aspect: "last" }
            : { label, aspect: "at", step: pageStep.value },
        ),
      ),
    [SETTINGS]: settings.map(({ key }) => key).filter((key) => !leftOut.has(key)),
    [FACTS]: FIRST_FACTS,
  });
  const placed = $derived(placedColumns(words, groups));
  const keys = $derived(new Set(placed.map(({ key }) => key)));
  const constant = $derived.by(() => {
    const found = new Set(shapes.filter((each) => each.constant).map(({ name }) => SETTING_PREFIX + name));
    // Where nobody has a tag; one that all have is still to be seen and taken away.
    if (experiments().length > 1 && experiments().every(({ tags }) => tags.length === 0)) found.add("tags");
    return found;
  });
  const constantKeys = $derived(
    new Set(placed.flatMap(({ key, group }) => (group !== null && constant.has(key) ? [key] : []))),
  );
  const columns = $derived([NAME, ...placed.flatMap(({ key }) => find(key) ?? [])]);
  const shown = $derived(constantToo.value ? columns : columns.filter(({ key }) => !constantKeys.has(key)));

  function find(key: string): Column | undefined {
    const said = aspectOf(key);
    return said ? labelColumn(said, labelDefinitions.meaningOf(said.label), cellOf) : byKey.get(key);
  }

  return {
    get shown() {
      return shown;
    },
    get listed() {
      return listed;
    },
    get constantCount() {
      return constantKeys.size;
    },
    get leftOutCount() {
      return [...leftOut].filter((key) => !keys.has(key)).length;
    },
    get constantToo() {
      return constantToo.value;
    },
    set constantToo(value: boolean) {
      constantToo.value = value;
    },
    get isAsAtFirst() {
      return readParameter(WORDS).length === 0;
    },
    has: (key) => keys.has(key) && (constantToo.value || !constantKeys.has(key)),
    find,
    add: (some) => writeParameter(WORDS, withColumns(words, some)),
    remove: (some) => {
      const left = withoutColumns(words, some, groups);
      // Without any word all would be as at first.
      writeParameter(WORDS, left.length > 0 ? left : [`-${some[0]}`]);
    },
    move: (key, before) =>
      writeParameter(
        WORDS,
        moveColumn(
          words,
          groups,
          shown.map((column) => column.key),
          key,
          before,
        ),
      ),
    reset: () => writeParameter(WORDS, []),
  };
}
