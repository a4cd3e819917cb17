/** Values in tables: how they compare, and how nested settings become columns. */
import { isBetter, type Goal } from "./labelDefinitions";
import { compareNatural } from "./natural";
import { exactNumber, formatNumber } from "./numbers";

/** null: there is none. */
export type Cell = string | number | boolean | null;

/** Nested settings as flat columns: `{ model: { depth: 18 } }` -> `model.depth`. Lists are one value. */
export function flatten(settings: Record<string, unknown>): Map<string, Cell> {
  const cells = new Map<string, Cell>();
  const walk = (value: unknown, path: string) => {
    if (isObject(value)) {
      for (const [name, inner] of Object.entries(value)) walk(inner, `${path}.${name}`);
    } else {
      cells.set(path, isCell(value) ? value : JSON.stringify(value));
    }
  };
  for (const [name, value] of Object.entries(settings)) walk(value, name);
  return cells;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length > 0
  );
}

function isCell(value: unknown): value is Cell {
  return value === null || ["string", "number", "boolean"].includes(typeof value);
}

/** Numbers by size before words in natural order; NaN and what is missing come last either way. */
export function compareCells(a: Cell, b: Cell, descending: boolean): number {
  const rank = (cell: Cell) =>
    cell === null ? 3 : typeof cell === "number" ? (Number.isNaN(cell) ? 2 : 0) : 1;
  if (rank(a) !== rank(b)) return rank(a) - rank(b);
  if (rank(a) > 1) return 0;
  const order = typeof a === "number" && typeof b === "number" ? a - b : compareNatural(String(a), String(b));
  return descending ? -order : order;
}

/** Whether a column says the same of all; one row alone has nothing to be equal to. */
export function allEqual(cells: readonly Cell[]): boolean {
  return cells.length > 1 && cells.every((cell) => Object.is(cell, cells[0]));
}

/** The best of a column by its goal; null: no number is better than another. */
export function bestOf(goal: Goal, cells: readonly Cell[]): number | null {
  if (goal === "") return null;
  const numbers = cells.filter((cell): cell is number => typeof cell === "number" && !Number.isNaN(cell));
  const best = numbers.reduce<number>((found, each) => (isBetter(goal, each, found) ? each : found), NaN);
  return numbers.some((each) => each !== best) ? best : null;
}

export function formatCell(cell: Cell): string {
  return typeof cell === "number" ? formatNumber(cell) : cell === null ? "" : String(cell);
}

/** With every digit, for tooltips and copies. */
export function exactCell(cell: Cell): string {
  return typeof cell === "number" ? exactNumber(cell) : cell === null ? "" : String(cell);
}
