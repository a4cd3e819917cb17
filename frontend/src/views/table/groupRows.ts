/** The rows of a table of groups: a group, and below it, if it is unfolded, its experiments. */
import type { ExperimentSummary, Group } from "../../api/messages";
import { formatNumber } from "../../lib/numbers";
import type { Average, Band } from "../../state/groupChoice.svelte";
import { compareCells, exactCell, formatCell, type Cell } from "../../lib/cells";
import { averageOf, bandOf, halfBand, spreadOf } from "./groupSpread";

export interface GroupRow {
  /** Unlike any id of an experiment: those are percent-encoded. */
  id: string;
  group: Group;
  members: readonly ExperimentSummary[];
}

export type TableRow = GroupRow | ExperimentSummary;

export function isGroup(row: TableRow): row is GroupRow {
  return "group" in row;
}

export const idOfGroup = ({ title }: Group) => `group ${title}`;

/** Experiments of one row: a group's members, or the one itself. */
export function membersOf(row: TableRow): readonly ExperimentSummary[] {
  return isGroup(row) ? row.members : [row];
}

interface Order {
  /** A column's value of an experiment. */
  value: (experiment: ExperimentSummary) => Cell;
  descending: boolean;
}

/**
 * Groups in the order wanted, by the average of their members, with the members of those that are unfolded.
 *
 * @param members of a group, in the order wanted
 */
export function groupRows(
  groups: readonly Group[],
  members: (group: Group) => readonly ExperimentSummary[],
  unfolded: (title: string) => boolean,
  order: Order | null,
  average: Average,
): TableRow[] {
  const rows = groups.map((group) => ({ id: idOfGroup(group), group, members: members(group) }));
  const sorted = order
    ? rows
        .map((row) => ({ row, cell: sortCell(row.members.map(order.value), average) }))
        .sort((a, b) => compareCells(a.cell, b.cell, order.descending))
        .map(({ row }) => row)
    : rows;
  return sorted.flatMap((row) => (unfolded(row.group.title) ? [row, ...row.members] : [row]));
}

function sortCell(cells: readonly Cell[], average: Average): Cell {
  const spread = spreadOf(cells);
  return spread ? averageOf(spread, average) : (cells.find((cell) => cell !== null) ?? null);
}

export interface GroupCell {
  shown: string;
  /** Of numbers: how many there are, where not all members have one. */
  missing: number;
  /** In full, for a tooltip. */
  exact: string;
}

const BAND_WORDS: Record<Exclude<Band, "none">, string> = {
  deviation: "standard deviation",
  error: "standard error",
  interval: "half of the 95 % interval",
  range: "smallest to largest",
  quartiles: "first to third quartile",
};

/** What a group's row says in a column: what all have, an average with its band, or how many values there are. */
export function groupCell(
  cells: readonly Cell[],
  average: Average,
  band: Band,
  show: (cell: Cell) => string = formatCell,
): GroupCell {
  const there = cells.filter((cell) => cell !== null);
  const missing = cells.length - there.length;
  const distinct = new Set(there);
  if (distinct.size <= 1) {
    const [only = null] = distinct;
    return { shown: show(only), missing: only === null ? 0 : missing, exact: exactCell(only) };
  }
  const spread = there.every((cell) => typeof cell === "number") ? spreadOf(there) : null;
  if (!spread) {
    const words = [...distinct].map(show);
    return { shown: `${distinct.size} values`, missing, exact: words.slice(0, 20).join(", ") };
  }
  const middle = averageOf(spread, average);
  const exact = [`${average} ${middle}`, ...bandWords(spread, average, band), `n = ${spread.n}`].join("\n");
  return { shown: withBand(spread, average, band, show), missing: cells.length - spread.n, exact };
}

type Spread = NonNullable<ReturnType<typeof spreadOf>>;

function withBand(spread: Spread, average: Average, band: Band, show: (cell: Cell) => string): string {
  const middle = averageOf(spread, average);
  const reach = bandOf(spread, average, band);
  if (!reach || band === "none") return show(middle);
  if (band === "range" || band === "quartiles")
    return `${show(middle)} (${show(reach[0])} to ${show(reach[1])})`;
  const half = halfBand(spread, band);
  return show(middle) === formatCell(middle) ? plusMinus(middle, half) : `${show(middle)} ± ${show(half)}`;
}

/** Both with as many decimals as the deviation's two digits have: `0.6132 ± 0.0087`. */
export function plusMinus(middle: number, half: number): string {
  const size = Math.max(Math.abs(middle), half);
  if (half === 0 || size >= 1e7 || half < 1e-6) return `${formatNumber(middle)} ± ${formatNumber(half, 2)}`;
  const decimals = Math.min(8, Math.max(0, 1 - Math.floor(Math.log10(half))));
  return `${middle.toFixed(decimals)} ± ${half.toFixed(decimals)}`.replaceAll("-", "−");
}

function bandWords(spread: Spread, average: Average, band: Band): string[] {
  const reach = bandOf(spread, average, band);
  if (!reach || band === "none") return [];
  const isEven = band !== "range" && band !== "quartiles";
  return [`${BAND_WORDS[band]}: ${isEven ? halfBand(spread, band) : `${reach[0]} to ${reach[1]}`}`];
}
