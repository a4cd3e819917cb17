/** The columns of a table, and the order of its rows. */
export interface TableColumn {
  key: string;
  title: string;
  /** pixels */
  width: number;
  numeric?: boolean;
  /** Behind the title: what its figures count. */
  unit?: string;
  /** Which end of the column is looked at first; figures mostly from the largest. */
  first?: "smallest" | "largest";
  /** Nothing to sort by. */
  unsorted?: boolean;
  /** Said on the head: where the column comes from. */
  about?: string;
}

export interface TableSort {
  column: string;
  descending: boolean;
}

/** The order after a click on the column: from its first end, from the other, not at all. */
export function turned(sort: TableSort | null, column: TableColumn): TableSort | null {
  const { key, numeric = false, first = numeric ? "largest" : "smallest" } = column;
  const descending = first === "largest";
  if (sort?.column !== key) return { column: key, descending };
  return sort.descending === descending ? { column: key, descending: !descending } : null;
}

/** As ARIA says it. */
export function orderOf(sort: TableSort | null, { key }: TableColumn): "ascending" | "descending" | "none" {
  if (sort?.column !== key) return "none";
  return sort.descending ? "descending" : "ascending";
}

/** Rows that can be chosen, by a box in front of each. */
export interface RowChoice<Row> {
  /** What is chosen, for screen readers: "Select run-1". */
  nameOf: (row: Row) => string;
  has: (row: Row) => boolean;
  choose: (rows: readonly Row[], chosen: boolean) => void;
}

/** The rows from one to another, in either order, with both. */
export function rowsFromTo<Row>(rows: readonly Row[], from: number, to: number): readonly Row[] {
  return rows.slice(Math.min(from, to), Math.max(from, to) + 1);
}
