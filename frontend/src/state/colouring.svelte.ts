/** Colours by something that experiments have: a setting, their tags, status, folder or group. Loaded when it is asked for. */
import type { ExperimentSummary } from "../api/messages";
import { formatCell, type Cell } from "../lib/cells";
import { colourOnScale, colourScaleOf, WITHOUT_VALUE, type Theme } from "../lib/colourScale";
import { colourField, colourOfGroup, useColouring } from "./colours.svelte";
import { configOf } from "./configs";
import { experiments } from "./experiments.svelte";
import { grouping } from "./grouping.svelte";
import { selection } from "./selection.svelte";
import { shownTheme } from "./settings.svelte";

const SETTING = "config.";
/** What everybody takes them for. */
const STATUS: Record<string, Record<Theme, string>> = {
  running: { light: "#2457e6", dark: "#7ea2ff" },
  finished: { light: "#10794a", dark: "#46cf92" },
  crashed: { light: "#d4213d", dark: "#ff7a86" },
  quiet: { light: "#a06a00", dark: "#e9ac45" },
};

/** One of each of these words is a field; a setting is `config.` and its name. */
export const FIELDS = [
  { field: "status", title: "Status" },
  { field: "tag", title: "Tags" },
  { field: "folder", title: "Folder" },
  { field: "group", title: "Group" },
] as const;

export function fieldOfSetting(name: string): string {
  return SETTING + name;
}

export function titleOfField(field: string): string {
  if (field.startsWith(SETTING)) return field.slice(SETTING.length);
  return FIELDS.find((known) => known.field === field)?.title ?? field;
}

/** Of what is listed, by id; the same map until any value is another one. */
const cells = $derived.by(listedCells);
const scale = $derived(colourScaleOf([...cells.values()]));

// Colours of groups end with the groups.
$effect.root(() => {
  $effect(() => {
    if (colourField.value === "group" && !grouping.isOn) colourField.value = "";
  });
});

useColouring((id) => colourOfCell(cells.get(id) ?? null));

export interface LegendEntry {
  text: string;
  colour: string;
  /** Who has it. */
  experiments: readonly string[];
}

export interface Legend {
  entries: readonly LegendEntry[];
  /** Beside them, where each number has a colour: the ends, as written. */
  ramp: { low: string; high: string; log: boolean } | null;
}

export const colouring = {
  get title(): string {
    return titleOfField(colourField.value);
  },

  /** What the colours stand for; who has no value comes last. */
  get legend(): Legend {
    return legend;
  },
};

const legend = $derived.by((): Legend => {
  const holders = new Map<Cell, string[]>();
  for (const [id, cell] of cells) {
    const key = colourOfCell(cell) === WITHOUT_VALUE ? null : cell;
    const ids = holders.get(key);
    if (ids) ids.push(id);
    else holders.set(key, [id]);
  }
  const values = scale.kind === "numbers" ? scale.values : [...scale.places.keys()];
  const entries = [...values, null].flatMap((cell) => {
    const ids = holders.get(cell);
    return ids ? [{ text: wordsOf(cell), colour: colourOfCell(cell), experiments: ids }] : [];
  });
  const isRamp = scale.kind === "numbers" && scale.values.length === 0;
  return {
    entries,
    ramp: isRamp ? { low: formatCell(scale.low), high: formatCell(scale.high), log: scale.log } : null,
  };
});

function colourOfCell(cell: Cell): string {
  if (colourField.value === "status") return STATUS[String(cell)]?.[shownTheme()] ?? WITHOUT_VALUE;
  if (colourField.value === "group") return cell === null ? WITHOUT_VALUE : colourOfGroup(String(cell));
  return colourOnScale(scale, cell, shownTheme());
}

function wordsOf(cell: Cell): string {
  if (cell !== null) return formatCell(cell);
  return (
    { status: "unknown", tag: "no tag", folder: "no folder", group: "no group" }[colourField.value] ??
    "no value"
  );
}

let last: ReadonlyMap<string, Cell> = new Map();

function listedCells(): ReadonlyMap<string, Cell> {
  const field = colourField.value;
  const found = new Map<string, Cell>();
  for (const { id } of selection.filtered) {
    const experiment = experiments.get(id);
    if (experiment) found.set(id, cellOf(experiment, field));
  }
  const isSame = found.size === last.size && [...found].every(([id, cell]) => Object.is(last.get(id), cell));
  return isSame ? last : (last = found);
}

function cellOf(experiment: ExperimentSummary, field: string): Cell {
  if (field.startsWith(SETTING)) return configOf(experiment).get(field.slice(SETTING.length)) ?? null;
  switch (field) {
    case "status":
      return experiment.status === "unknown" ? null : experiment.status;
    case "tag":
      return experiment.tags.join(", ") || null;
    case "folder":
      return experiment.name.includes("/")
        ? experiment.name.slice(0, experiment.name.lastIndexOf("/"))
        : null;
    case "group":
      return grouping.groupOf(experiment.id)?.title ?? null;
    default:
      return null;
  }
}
