/** Columns of settings, and what they need of the experiments at hand. */
import type { ExperimentSummary } from "../../api/messages";
import { compareNatural } from "../../lib/natural";
import { flatten, formatCell, type Cell } from "../../lib/cells";
import { column, type Column } from "./tableColumn";

export const SETTING_PREFIX = "config:";

interface SettingCell {
  value: Cell;
  /** How many characters it takes. */
  length: number;
}

const flattened = new WeakMap<ExperimentSummary, ReadonlyMap<string, SettingCell>>();

function settingsOf(experiment: ExperimentSummary): ReadonlyMap<string, SettingCell> {
  let cells = flattened.get(experiment);
  if (!cells) {
    const found = [...flatten(experiment.config)];
    cells = new Map(found.map(([name, value]) => [name, { value, length: formatCell(value).length }]));
    flattened.set(experiment, cells);
  }
  return cells;
}

/** What the settings of some experiments need as columns. */
export interface SettingsShape {
  name: string;
  /** Characters in the longest cell or the head. */
  length: number;
  numeric: boolean;
  /** All of them have it, and the same. One alone has nothing to be equal to. */
  constant: boolean;
}

interface Seen extends SettingsShape {
  first: Cell;
  count: number;
}

export function shapeOfSettings(experiments: readonly ExperimentSummary[]): SettingsShape[] {
  const shapes = new Map<string, Seen>();
  const known = experiments.filter(({ details }) => details);
  for (const experiment of known) {
    for (const [name, { value, length }] of settingsOf(experiment)) {
      let shape = shapes.get(name);
      if (!shape) {
        shape = { name, length: name.length + 2, numeric: true, constant: true, first: value, count: 0 };
        shapes.set(name, shape);
      }
      shape.count++;
      shape.length = Math.max(shape.length, length);
      shape.numeric &&= value === null || typeof value === "number";
      shape.constant &&= Object.is(value, shape.first);
    }
  }
  const all = known.length;
  return [...shapes.values()]
    .map(({ name, length, numeric, constant, count }) => {
      return { name, length, numeric, constant: constant && count === all && all > 1 };
    })
    .sort((a, b) => compareNatural(a.name, b.name));
}

export function settingColumn({ name, length, numeric }: Omit<SettingsShape, "constant">): Column {
  const value: Column["value"] = (experiment) => settingsOf(experiment).get(name)?.value ?? null;
  return {
    ...column(SETTING_PREFIX + name, name, "Config", value),
    numeric,
    width: Math.min(240, Math.max(72, 7.5 * length + 20)),
    about: `Setting ${name}`,
  };
}
