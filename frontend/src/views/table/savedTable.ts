/** What of the table goes into a file: each column with every digit, of groups the numbers behind their cells, too. */
import type { Average, Band } from "../../state/groupChoice.svelte";
import type { Cell } from "../../lib/cells";
import { isGroup, type TableRow } from "./groupRows";
import { averageOf, bandOf, halfBand, spreadOf } from "./groupSpread";
import type { Column } from "./tableColumn";

export interface Averaged {
  readonly isOn: boolean;
  readonly average: Average;
  readonly band: Band;
}

export interface SavedTable {
  head: string[];
  cells: Cell[][];
}

export function tableOf(
  columns: readonly Column[],
  rows: readonly TableRow[],
  averaged: Averaged,
  now: number,
): SavedTable {
  const [name, ...others] = columns;
  if (!averaged.isOn)
    return {
      head: columns.map(titleOf),
      cells: rows.flatMap((row) => (isGroup(row) ? [] : [columns.map((column) => column.value(row, now))])),
    };
  return {
    head: [
      "Group",
      name?.title ?? "",
      "n",
      ...others.flatMap((column) => (column.numeric ? numericTitles(column, averaged) : [titleOf(column)])),
    ],
    cells: rows.map((row, place) => {
      const members = isGroup(row) ? row.members : [row];
      const title = isGroup(row) ? row.group.title : groupAbove(rows, place);
      const cellsOf = (column: Column) => members.map((each) => column.value(each, now));
      const own = isGroup(row) ? [title, null, members.length] : [title, name?.value(row, now) ?? null, 1];
      return [
        ...own,
        ...others.flatMap((column) =>
          column.numeric
            ? numericCells(cellsOf(column), isGroup(row), averaged)
            : [isGroup(row) ? common(cellsOf(column)) : (cellsOf(column)[0] ?? null)],
        ),
      ];
    }),
  };
}

const titleOf = ({ title, unit }: Column) => (unit ? `${title} (${unit})` : title);

function groupAbove(rows: readonly TableRow[], place: number): string {
  const above = rows.slice(0, place).findLast(isGroup);
  return above && isGroup(above) ? above.group.title : "";
}

function common(cells: readonly Cell[]): Cell {
  return new Set(cells).size === 1 ? (cells[0] ?? null) : null;
}

function numericTitles(column: Column, { average, band }: Averaged): string[] {
  const title = titleOf(column);
  const reach =
    band === "none"
      ? []
      : band === "range" || band === "quartiles"
        ? [`${title} ${band} low`, `${title} ${band} high`]
        : [`${title} ${band}`];
  return [`${title} ${average}`, ...reach, `${title} n`];
}

function numericCells(cells: readonly Cell[], grouped: boolean, { average, band }: Averaged): Cell[] {
  const spread = spreadOf(cells);
  const middle = grouped ? spread && averageOf(spread, average) : (cells[0] ?? null);
  return [middle, ...reachOf(grouped ? spread : null, average, band), spread?.n ?? 0];
}

function reachOf(spread: ReturnType<typeof spreadOf>, average: Average, band: Band): Cell[] {
  if (band === "none") return [];
  const reach = spread && bandOf(spread, average, band);
  if (band === "range" || band === "quartiles") return reach ?? [null, null];
  return [spread && reach ? halfBand(spread, band) : null];
}
