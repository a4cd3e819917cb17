/** A configuration as rows: a tree of one experiment, or what several have at each place. */
import { compareNatural } from "../../lib/natural";

export interface ConfigRow {
  /** With points between levels, as the filter names it. */
  path: string;
  name: string;
  depth: number;
  /** null: it only holds others. */
  value: string | null;
}

/** More than anybody reads; the filter of the tree finds the others. */
export const MOST_ROWS = 2000;

/** In the order of the file; of an object that is empty the braces. `text`: only rows whose path or value contains it. */
export function treeOf(config: Readonly<Record<string, unknown>>, text = ""): ConfigRow[] {
  const rows: ConfigRow[] = [];
  const wanted = text.toLowerCase();
  collect(config, "", 0, wanted, rows);
  return rows;
}

function collect(
  config: Readonly<Record<string, unknown>>,
  above: string,
  depth: number,
  wanted: string,
  rows: ConfigRow[],
): void {
  for (const [name, value] of Object.entries(config)) {
    if (rows.length >= MOST_ROWS) return;
    const path = above === "" ? name : `${above}.${name}`;
    if (isObject(value)) {
      const at = rows.length;
      rows.push({ path, name, depth, value: null });
      collect(value, path, depth + 1, wanted, rows);
      if (rows.length === at + 1) rows.pop();
      continue;
    }
    const shown = showValue(value);
    if (wanted === "" || `${path}=${shown}`.toLowerCase().includes(wanted))
      rows.push({ path, name, depth, value: shown });
  }
}

/** Of one experiment, by path. */
export function valuesOf(config: Readonly<Record<string, unknown>>): Map<string, string> {
  const found = new Map<string, string>();
  for (const { path, value } of treeOf(config)) if (value !== null) found.set(path, value);
  return found;
}

export interface ComparedRow {
  path: string;
  /** One an experiment; null: it has none. */
  values: (string | null)[];
  differs: boolean;
}

/** What several have, a row for each path that any of them has; in natural order. */
export function compareValues(all: readonly ReadonlyMap<string, string>[]): ComparedRow[] {
  const paths = new Set(all.flatMap((values) => [...values.keys()]));
  return [...paths].sort(compareNatural).map((path) => {
    const values = all.map((each) => each.get(path) ?? null);
    return { path, values, differs: values.some((value) => value !== values[0]) };
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length > 0
  );
}

export function showValue(value: unknown): string {
  if (typeof value === "string") return value;
  return JSON.stringify(value) ?? "";
}
