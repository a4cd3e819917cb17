/** Rows of a part of a log, worked out once for each part, and which columns they need. */
import { paint, type Run } from "./ansi";
import { formatOffset, parseLine } from "../../lib/logLine";
import type { LogPart } from "./logWindow";

export interface LogRow {
  /** Of the line's first byte. */
  offset: number;
  time: number | null;
  tag: string;
  runs: readonly Run[];
  /** Characters that are left out. */
  cut: number;
}

/** Which columns there is something for, and the widest text in each, in characters. */
export interface LogColumns {
  number: number;
  time: boolean;
  offset: number;
  tag: number;
}

export const NO_COLUMNS: LogColumns = { number: 0, time: false, offset: 0, tag: 0 };

const WIDEST_TAG = 16;
const made = new WeakMap<LogPart, readonly LogRow[]>();

export function rowsOf(part: LogPart): readonly LogRow[] {
  let rows = made.get(part);
  if (!rows) made.set(part, (rows = makeRows(part)));
  return rows;
}

/** The columns needed so far and for a part more: they never shrink, so that nothing jumps. */
export function withColumnsOf(columns: LogColumns, part: LogPart, firstTime: number | null): LogColumns {
  const rows = rowsOf(part);
  const lastNumber = part.firstLine === null ? "" : String(part.firstLine + rows.length);
  let { time, offset, tag } = columns;
  for (const row of rows) {
    tag = Math.max(tag, Math.min(WIDEST_TAG, row.tag.length));
    if (row.time === null) continue;
    time = true;
    if (firstTime !== null) offset = Math.max(offset, formatOffset(row.time - firstTime).length);
  }
  return { number: Math.max(columns.number, lastNumber.length), time, offset, tag };
}

function makeRows({ start, lines, offsets }: LogPart): LogRow[] {
  return lines.map((line, index) => {
    const { time, tag, message } = parseLine(line);
    return { offset: offsets[index] ?? start, time, tag, ...paint(message) };
  });
}
