/** The columns that the overview can show: what is known of each experiment, its settings, its scalars. */
import type { ExperimentSummary } from "../api/messages";
import type { TableColumn } from "../components/VirtualTable.svelte";
import { toNumber } from "../lib/numbers";
import { compareNatural } from "../lib/natural";
import { durationOf, startOf } from "../lib/sessions";
import { exactCell, flatten, formatCell, type Cell } from "../lib/table";
import { formatAgo, formatDuration, formatTime } from "../lib/times";
import { scalarLabels } from "../state/scalarLabels.svelte";

export interface Column extends TableColumn {
  group: "Experiment" | "Settings" | "Scalars";
  /** For sorting, filtering and to see whether all are equal. */
  value: (experiment: ExperimentSummary, now: number) => Cell;
  show: (value: Cell, now: number) => string;
  /** In full, as a tooltip. */
  exact: (value: Cell) => string;
}

export const NAME: Column = {
  ...column("name", "Name", "Experiment", (experiment) => experiment.name),
  width: 240,
};

/** What is known of every experiment. */
export const KNOWN_COLUMNS: readonly Column[] = [
  { ...column("status", "Status", "Experiment", (experiment) => experiment.status), width: 160 },
  time("started", "Started", (experiment) => startOf(experiment)),
  {
    ...column("duration", "Duration", "Experiment", durationOf),
    numeric: true,
    width: 104,
    show: (value) => (typeof value === "number" ? formatDuration(value) : ""),
    exact: (value) => (typeof value === "number" ? `${value.toFixed(3)} s` : ""),
  },
  {
    ...time("changed", "Last change", (experiment) => experiment.changed),
    width: 116,
    show: (value, now) => (typeof value === "number" ? formatAgo(value, now) : ""),
  },
  column("tags", "Tags", "Experiment", (experiment) => experiment.tags.join(", ") || null),
  column("host", "Host", "Experiment", (experiment) => experiment.sessions.at(-1)?.host || null),
  {
    ...column(
      "outcome",
      "Outcome",
      "Experiment",
      (experiment) => experiment.sessions.at(-1)?.outcome || null,
    ),
    width: 200,
  },
  {
    ...column("sessions", "Sessions", "Experiment", (experiment) => experiment.sessions.length),
    numeric: true,
  },
  {
    ...column("commit", "Commit", "Experiment", (experiment) => experiment.git_commit || null),
    show: (value) => String(value ?? "").slice(0, 10),
  },
];

/** Shown as long as nobody has chosen: these, and all settings. */
export const FIRST_COLUMNS: readonly string[] = ["status", "started", "duration", "changed", "tags"];

export const SETTING_PREFIX = "config:";

const ASPECTS = ["last", "min", "max"] as const;
type Aspect = (typeof ASPECTS)[number];

/** The label that a column's key speaks of; null if it is none of a scalar. */
export function scalarOf(key: string): string | null {
  const aspect = ASPECTS.find((each) => key.startsWith(`${each}:`));
  return aspect ? key.slice(aspect.length + 1) : null;
}

export function scalarColumns(label: string): Column[] {
  return ASPECTS.map((aspect) => ({
    ...column(`${aspect}:${label}`, `${label} ${aspect}`, "Scalars", ({ id }) =>
      scalarValue(id, label, aspect),
    ),
    numeric: true,
    width: Math.min(220, Math.max(96, 7 * label.length + 56)),
    about: `${{ last: "Last", min: "Smallest", max: "Largest" }[aspect]} value of the scalar ${label}`,
  }));
}

function scalarValue(experiment: string, label: string, aspect: Aspect): Cell {
  const known = scalarLabels.labels(experiment).get(label);
  if (!known) return null;
  const value = { last: known.last_value, min: known.minimum, max: known.maximum }[aspect];
  return value === null ? null : toNumber(value);
}

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
}

export function shapeOfSettings(experiments: readonly ExperimentSummary[]): SettingsShape[] {
  const shapes = new Map<string, SettingsShape>();
  for (const experiment of experiments) {
    for (const [name, { value, length }] of settingsOf(experiment)) {
      let shape = shapes.get(name);
      if (!shape) shapes.set(name, (shape = { name, length: name.length + 2, numeric: true }));
      shape.length = Math.max(shape.length, length);
      shape.numeric &&= value === null || typeof value === "number";
    }
  }
  return [...shapes.values()].sort((a, b) => compareNatural(a.name, b.name));
}

export function settingColumn({ name, length, numeric }: SettingsShape): Column {
  const value: Column["value"] = (experiment) => settingsOf(experiment).get(name)?.value ?? null;
  return {
    ...column(SETTING_PREFIX + name, name, "Settings", value),
    numeric,
    width: Math.min(240, Math.max(72, 7.5 * length + 20)),
    about: `Setting ${name}`,
  };
}

function time(key: string, title: string, value: Column["value"]): Column {
  return {
    ...column(key, title, "Experiment", value),
    numeric: true,
    width: 164,
    show: (cell) => (typeof cell === "number" ? formatTime(cell) : ""),
    exact: (cell) => (typeof cell === "number" ? formatTime(cell) : ""),
  };
}

function column(key: string, title: string, group: Column["group"], value: Column["value"]): Column {
  return { key, title, group, width: 120, value, show: formatCell, exact: exactCell };
}
