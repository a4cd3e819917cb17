/** The overview as a file. Loaded when somebody wants it. */
import { fileName, saveText } from "../../charts/files";
import { connection } from "../../state/connection.svelte";
import { tableOf, type Averaged } from "./savedTable";
import { toCsv } from "./tableFile";
import type { TableRow } from "./groupRows";
import type { Column } from "./tableColumn";

export function saveOverview(
  columns: readonly Column[],
  rows: readonly TableRow[],
  averaged: Averaged,
  now: number,
): void {
  const { head, cells } = tableOf(columns, rows, averaged, now);
  saveText(fileName(connection.root.name || "overview", "csv"), toCsv(head, cells), "text/csv");
}
