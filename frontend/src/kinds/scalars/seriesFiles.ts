/** Points of series as files that other programs read. Every digit is kept. */
import { exactNumber } from "../../lib/numbers";

export interface TableSeries {
  experiment: string;
  /** "" unless several processes logged the same label. */
  writer: string;
  label: string;
  steps: Float64Array;
  /** Unix seconds */
  wallTimes: Float64Array;
  values: Float64Array;
}

/** One row a point, values that are no number as `nan`, `inf`, `-inf` (as in `scalars.tsv`). */
export function toCsv(all: readonly TableSeries[]): string {
  const rows = ["experiment,writer,label,step,wall_time,value"];
  for (const { experiment, writer, label, steps, wallTimes, values } of all) {
    const names = [experiment, writer, label].map(quoted).join(",");
    for (let index = 0; index < steps.length; index++) {
      rows.push(`${names},${steps[index]!},${wallTimes[index]!},${spelled(values[index]!)}`);
    }
  }
  return rows.join("\r\n") + "\r\n";
}

export interface TableGroup {
  group: string;
  label: string;
  /** Steps; seconds since the start; or where bins begin. */
  x: Float64Array;
  average: Float64Array;
  /** NaN where there is no band, as of one experiment. */
  low: Float64Array;
  high: Float64Array;
  /** Experiments that have a value there. */
  n: Float64Array;
}

/** One row a place of each group: its average, its band and of how many it is. */
export function groupsToCsv(all: readonly TableGroup[], average: "mean" | "median"): string {
  const rows = [`group,label,x,${average},low,high,n`];
  for (const { group, label, x, n, ...columns } of all) {
    const names = csvLine([group, label]);
    for (let index = 0; index < x.length; index++) {
      const values = [columns.average, columns.low, columns.high].map((column) => spelled(column[index]!));
      rows.push([names, spelled(x[index]!), ...values, String(n[index]!)].join(","));
    }
  }
  return rows.join("\r\n") + "\r\n";
}

/** A list of series, each with its columns. JSON has no NaN: such values are texts. */
export function toJson(all: readonly TableSeries[]): string {
  const series = all.map(({ experiment, writer, label, steps, wallTimes, values }) => ({
    experiment,
    ...(writer && { writer }),
    label,
    steps: [...steps],
    wall_times: [...wallTimes],
    values: Array.from(values, (value) => (Number.isFinite(value) ? value : spelled(value))),
  }));
  return `[\n${series.map((each) => JSON.stringify(each)).join(",\n")}\n]\n`;
}

/** Rows for the clipboard, which spreadsheets take as a table. */
export function toTsv(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => row.map(pasted).join("\t")).join("\n");
}

/** A quotation mark at its begin would mean another thing to them. */
function pasted(cell: string): string {
  const line = cell.replace(/[\t\r\n]/g, " ");
  return line.startsWith('"') ? `"${line.replaceAll('"', '""')}"` : line;
}

export function spelled(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  return exactNumber(value);
}

export function csvLine(cells: readonly string[]): string {
  return cells.map(quoted).join(",");
}

/** RFC 4180 */
function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
