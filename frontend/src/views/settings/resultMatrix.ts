/** Two settings against each other: in each cell what the results of its experiments come to. */
import { formatCell, type Cell } from "../../lib/cells";
import type { Goal } from "../../lib/labelDefinitions";
import type { Bounds } from "./filterParts";
import { labelOfValue, numberAt, scaleOf, shareOf, type NumberScale, type Scale } from "./scales";

export type Summary = "best" | "mean";

/** One row or column. */
export interface Band {
  label: string;
  /** The value that its experiments have; null: it is a range, or they have none. */
  value: Exclude<Cell, null> | null;
  /** Of a range; both ends belong to it. */
  bounds: Bounds | null;
}

export interface MatrixCell {
  /** Experiments in it. */
  n: number;
  /** Those of them whose result is a number. */
  counted: number;
  /** What their results come to; null: there is none. */
  result: number | null;
  /** Whose the result is, or the experiment that is the best. */
  experiment: string | null;
  experiments: readonly string[];
}

export interface ResultMatrix {
  rows: readonly Band[];
  columns: readonly Band[];
  /** Row after row. */
  cells: readonly (readonly MatrixCell[])[];
  /** Of the results in the cells. */
  scale: Scale;
  /** Categories that are not shown, because there are so many. */
  left: { rows: number; columns: number };
}

export interface MatrixEntry {
  id: string;
  row: Cell;
  column: Cell;
  result: Cell;
}

/** Of more different numbers, ranges are made. */
const MOST_VALUES = 12;
const RANGES = 8;
/** Of more categories, the first ones are shown. */
const MOST_CATEGORIES = 40;

export function matrixOf(entries: readonly MatrixEntry[], summary: Summary, goal: Goal): ResultMatrix {
  const rows = bandsOf(entries.map(({ row }) => row));
  const columns = bandsOf(entries.map(({ column }) => column));
  const members = rows.bands.map(() => columns.bands.map((): MatrixEntry[] => []));
  for (const entry of entries) members[rows.placeOf(entry.row)]?.[columns.placeOf(entry.column)]?.push(entry);
  const cells = members.map((row) => row.map((own) => cellOf(own, summary, goal)));
  return {
    rows: rows.bands,
    columns: columns.bands,
    cells,
    scale: scaleOf(cells.flatMap((row) => row.map(({ result }) => result))),
    left: { rows: rows.left, columns: columns.left },
  };
}

function cellOf(entries: readonly MatrixEntry[], summary: Summary, goal: Goal): MatrixCell {
  const numbers = entries.filter(
    (entry): entry is MatrixEntry & { result: number } =>
      typeof entry.result === "number" && !Number.isNaN(entry.result),
  );
  const best = numbers.reduce<(typeof numbers)[number] | null>((found, each) => {
    if (!found) return each;
    return goal === "max"
      ? each.result > found.result
        ? each
        : found
      : each.result < found.result
        ? each
        : found;
  }, null);
  const mean = numbers.reduce((sum, { result }) => sum + result / numbers.length, 0);
  return {
    n: entries.length,
    counted: numbers.length,
    result: best === null ? null : summary === "best" ? best.result : mean,
    experiment: summary === "best" || numbers.length === 1 ? (best?.id ?? null) : null,
    experiments: entries.map(({ id }) => id),
  };
}

interface Bands {
  bands: Band[];
  placeOf: (cell: Cell) => number;
  left: number;
}

function bandsOf(cells: readonly Cell[]): Bands {
  const scale = scaleOf(cells);
  const different = new Set(cells);
  const bands = scale.kind === "numbers" ? numberBands(scale, different) : valueBands(scale);
  // Whoever has no value has a place of its own, at the end.
  const hasNone = cells.some((cell) => shareOf(scale, cell) === null);
  if (!hasNone) return bands;
  const none = bands.bands.length;
  return {
    ...bands,
    bands: [...bands.bands, { label: "no value", value: null, bounds: null }],
    placeOf: (cell) => (shareOf(scale, cell) === null ? none : bands.placeOf(cell)),
  };
}

function valueBands(scale: Scale): Bands {
  const all = scale.kind === "values" ? scale.values : [];
  const shown = all.slice(0, MOST_CATEGORIES);
  const places = new Map<Cell, number>(shown.map((value, place) => [value, place]));
  return {
    bands: shown.map((value) => ({ label: labelOfValue(value), value, bounds: null })),
    placeOf: (cell) => places.get(cell) ?? -1,
    left: all.length - shown.length,
  };
}

function numberBands(scale: NumberScale, different: ReadonlySet<Cell>): Bands {
  const numbers = [...different]
    .filter((cell): cell is number => shareOf(scale, cell) !== null)
    .sort((a, b) => a - b);
  if (numbers.length <= MOST_VALUES) {
    const places = new Map<Cell, number>(numbers.map((value, place) => [value, place]));
    return {
      bands: numbers.map((value) => ({ label: formatCell(value), value, bounds: null })),
      placeOf: (cell) => places.get(cell) ?? -1,
      left: 0,
    };
  }
  const rangeOf = (cell: Cell) => Math.min(RANGES - 1, Math.floor((shareOf(scale, cell) ?? 0) * RANGES));
  const ranges = Array.from({ length: RANGES }, (_, place) =>
    numbers.filter((each) => rangeOf(each) === place),
  );
  return {
    bands: ranges.map((own, place) => {
      // As they are, so that a filter between these ends finds just them.
      const low = own[0] ?? numberAt(scale, place / RANGES);
      const high = own.at(-1) ?? numberAt(scale, (place + 1) / RANGES);
      const ends = [low, high].map((end) => formatCell(Number(end.toPrecision(3))));
      return {
        label: ends[0] === ends[1] ? ends[0]! : ends.join(" to "),
        value: null,
        bounds: { low, high },
      };
    }),
    placeOf: rangeOf,
    left: 0,
  };
}
