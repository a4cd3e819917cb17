/** What can stand on an axis: settings in which the experiments differ, and results. */
import { experiments } from "../../state/experiments.svelte";
import { configOf } from "../../state/configs";
import { labelDefinitions } from "../../state/labelDefinitions.svelte";
import { selection } from "../../state/selection.svelte";
import type { Goal } from "../../lib/labelDefinitions";
import { goalOf } from "../../lib/resultLabels";
import type { ExperimentSummary } from "../../api/messages";
import { aspectOf, goalOfAspect, keyOf, titleOf } from "../table/aspects";
import { useKnownLabels } from "../table/knownLabels.svelte";
import { SETTING_PREFIX } from "../table/settingColumns";
import { steady } from "../../lib/steady";
import { textOfLabel, textOfSetting } from "./filterParts";
import { MOST_SETTINGS, tellingSettings, usualSettings } from "./settingChoice";

export interface SettingField {
  /** As of the table's columns: `config:lr`, `last:val/loss`. */
  key: string;
  title: string;
  /** As it stands in a filter. */
  text: string;
  goal: Goal;
  isResult: boolean;
}

/** Settings that stand beside the result at first. */
const FIRST_SETTINGS = 6;
const MOST_RESULTS = 12;

export interface SettingFields {
  /** Whom the page is about: all but who is hidden or archived, whatever the filter says. */
  readonly experiments: readonly ExperimentSummary[];
  readonly settings: readonly SettingField[];
  readonly results: readonly SettingField[];
  /** Whether it is known which results there are. */
  readonly areResultsKnown: boolean;
  /** Keys. */
  readonly first: readonly string[];
  find: (key: string) => SettingField | undefined;
}

/** Call it while a component is made. */
export function useSettingFields(): SettingFields {
  const labels = useKnownLabels(() => []);
  const keepNames = steady<string[]>();
  const keepFirst = steady<string[]>();
  const keepResults = steady<SettingField[]>();

  const all = $derived(
    experiments.sorted.filter((each) => selection.isOn(each) && (selection.archivedToo || !each.archived)),
  );
  const configs = $derived(all.filter(({ details }) => details).map((each) => configOf(current(each))));
  const names = $derived(keepNames(tellingSettings(configs)));
  const usual = $derived(keepFirst(usualSettings(names.slice(0, FIRST_SETTINGS), configs)));
  const settings = $derived(names.slice(0, MOST_SETTINGS).map(fieldOfSetting));
  const results = $derived(
    keepResults(
      labels.results
        .slice(0, MOST_RESULTS)
        .flatMap((label) => [fieldOfLabel(keyOf({ label, aspect: "last" })), fieldOfLabel(bestKeyOf(label))])
        .flatMap((field) => field ?? []),
    ),
  );
  const first = $derived([
    ...usual.map((name) => SETTING_PREFIX + name),
    ...results.slice(0, 1).map(({ key }) => key),
  ]);

  return {
    get experiments() {
      return all;
    },
    get settings() {
      return settings;
    },
    get results() {
      return results;
    },
    get areResultsKnown() {
      return labels.isKnown || results.length > 0;
    },
    get first() {
      return first;
    },
    find(key) {
      if (key.startsWith(SETTING_PREFIX)) return fieldOfSetting(key.slice(SETTING_PREFIX.length));
      return fieldOfLabel(key);
    },
  };
}

/** What scripts write of an experiment may be newer than the row of a list. */
function current(row: ExperimentSummary): ExperimentSummary {
  return experiments.get(row.id) ?? row;
}

function fieldOfSetting(name: string): SettingField {
  return {
    key: SETTING_PREFIX + name,
    title: name,
    text: textOfSetting(name),
    goal: "",
    isResult: false,
  };
}

function bestKeyOf(label: string): string {
  const goal = goalOf(label, labelDefinitions.meaningOf(label));
  return keyOf({ label, aspect: goal === "" ? "min" : goal });
}

function fieldOfLabel(key: string): SettingField | undefined {
  const said = aspectOf(key);
  if (!said || said.aspect === "at") return undefined;
  const goal = goalOfAspect(said, goalOf(said.label, labelDefinitions.meaningOf(said.label)));
  const way = said.aspect === "best" ? goal || "min" : said.aspect;
  return {
    key,
    title: titleOf(said),
    text: textOfLabel(way, said.label),
    goal,
    isResult: true,
  };
}
