/** The table as a file of comma-separated values: what it shows, in its order, with every digit. */
import { exactCell, type Cell } from "../../lib/cells";

/** After RFC 4180, but for line ends: those of Unix, as of everything that lavdlike writes. */
export function toCsv(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [head, ...rows].map((cells) => cells.map(field).join(",") + "\n").join("");
}

function field(cell: Cell): string {
  const text = typeof cell === "number" ? exactCell(cell) : guarded(exactCell(cell));
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Words that a spreadsheet would take for a formula: names of experiments come from anywhere. */
function guarded(text: string): string {
  return /^[=+@\t\r]|^-(?![\d.])/.test(text) ? `'${text}` : text;
}
