/** What cells of tables mean. */

const PICTURE = /\.(jpe?g|jpe|jif|jfif|png|gif|tiff?|bmp|webp|avif|p[pgbn]m|heic|heif|jp2)$/i;

export interface NamedPicture {
  label: string;
  step: number | null;
}

/** The picture that a cell names by a path relative to its table's folder; null if it names none. */
export function pictureInCell(
  cell: string | null,
  table: { label: string; step: number | null },
): NamedPicture | null {
  if (!cell || cell.length > 1000 || !PICTURE.test(cell)) return null;
  const names = table.label.split("/").slice(0, -1);
  for (const name of cell.split("/")) {
    if (name === "..") {
      if (names.pop() === undefined) return null;
    } else if (name !== "." && name !== "") names.push(name);
  }
  let { step } = table;
  // What belongs to no step lies in the experiment's own folder, in which steps are.
  if (step === null && names.length > 1 && /^\d{1,16}$/.test(names[0]!)) step = Number(names.shift());
  return { label: names.join("/").replace(/\.[^./]+$/, ""), step };
}

/** Whether a column is better read from its right end: all its cells are numbers. */
export function isNumeric(cells: readonly (string | null)[]): boolean {
  const filled = cells.filter((cell) => cell !== null && cell !== "");
  return (
    filled.length > 0 &&
    filled.every((cell) => /^\s*[+-]?(\d|\.\d|nan\b|inf)/i.test(cell!) && !Number.isNaN(toNumber(cell!)))
  );
}

function toNumber(cell: string): number {
  const text = cell.trim();
  if (/^[+-]?(nan|inf|infinity)$/i.test(text)) return 0;
  return Number(text);
}

/** For a spreadsheet: tabs between cells, which therefore have none. */
export function asTsv(columns: readonly string[], rows: readonly (readonly (string | null)[])[]): string {
  const line = (cells: readonly (string | null)[]) =>
    cells.map((cell) => (cell ?? "").replace(/[\t\r\n]+/g, " ")).join("\t");
  return [columns, ...rows].map((row) => `${line(row)}\n`).join("");
}
