/** What a selected step or range comes to, as a table: its columns, rows and order, and what it is copied as. */
import type { RangeOfSeries, ValueAt } from "../../api/messages";
import type { TableColumn, TableSort } from "../../components/columns";
import type { Goal } from "../../lib/labelDefinitions";
import { compareNatural } from "../../lib/natural";
import { toNumber } from "../../lib/numbers";

export interface RangeRow {
  experiment: string;
  writer: string;
  name: string;
  /** By the keys of columns; null: there is none. */
  cells: Readonly<Record<string, number | null>>;
  /** It has no value just there: it is the last one before. */
  isAside: boolean;
}

const NAME: TableColumn = { key: "name", title: "Experiment", width: 260 };

const number = (key: string, title: string, width = 120): TableColumn => ({
  key,
  title,
  width,
  numeric: true,
});

export const PLACE_COLUMNS: readonly TableColumn[] = [
  NAME,
  number("value", "Value"),
  number("step", "Step", 90),
];

export const RANGE_COLUMNS: readonly TableColumn[] = [
  NAME,
  number("minimum", "Min"),
  number("step_of_minimum", "Step of min", 110),
  number("maximum", "Max"),
  number("step_of_maximum", "Step of max", 110),
  number("mean", "Mean"),
  number("change", "Change"),
  number("first", "First"),
  number("last", "Last"),
  number("count", "Values", 90),
];

type NameOf = (of: { experiment: string; writer: string }) => string;

export function placeRows(values: readonly ValueAt[], nameOf: NameOf): RangeRow[] {
  return values.map((each) => ({
    experiment: each.experiment,
    writer: each.writer,
    name: nameOf(each),
    cells: { value: toNumber(each.value), step: each.step },
    isAside: !each.is_here,
  }));
}

export function rangeRows(ranges: readonly RangeOfSeries[], nameOf: NameOf): RangeRow[] {
  return ranges.map(({ experiment, label: _label, writer, ...cells }) => ({
    experiment,
    writer,
    name: nameOf({ experiment, writer }),
    cells,
    isAside: false,
  }));
}

/** Best first, by the label's goal; null: as they are listed. */
export function bestFirst(goal: Goal, isPlace: boolean): TableSort | null {
  if (goal === "") return null;
  const column = isPlace ? "value" : goal === "min" ? "minimum" : "maximum";
  return { column, descending: goal === "max" };
}

/** What has no number stands last, whichever way. */
export function sortedRows(rows: readonly RangeRow[], sort: TableSort | null): readonly RangeRow[] {
  if (!sort) return rows;
  const way = sort.descending ? -1 : 1;
  if (sort.column === "name") return [...rows].sort((a, b) => way * compareNatural(a.name, b.name));
  const valueOf = ({ cells }: RangeRow) => cells[sort.column] ?? NaN;
  return [...rows].sort((a, b) => {
    const [first, second] = [valueOf(a), valueOf(b)];
    if (Number.isNaN(first) || Number.isNaN(second))
      return Number(Number.isNaN(first)) - Number(Number.isNaN(second));
    return way * (first - second);
  });
}

/** The table with its head, every digit kept. */
export function cellsOf(rows: readonly RangeRow[], columns: readonly TableColumn[]): string[][] {
  const spelled = (value: number | null | undefined) =>
    value === null || value === undefined ? "" : String(value);
  return [
    columns.map(({ title }) => title),
    ...rows.map(({ name, cells }) => columns.map(({ key }) => (key === "name" ? name : spelled(cells[key])))),
  ];
}
