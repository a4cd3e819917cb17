/**
 * The part of a long text file that is held: whole lines between two byte offsets, in parts whose offsets are exact. It
 * grows at either end and loses parts at the other.
 */
import type { LogPage } from "../../api/messages";

export interface LogPart {
  start: number;
  end: number;
  lines: readonly string[];
  /** Of each line's first byte. */
  offsets: readonly number[];
  /** Number of its first line, from 0; null if it is not known. */
  firstLine: number | null;
  /** Its last line has no newline yet: it is read again from the part's start when the file has grown. */
  isOpen: boolean;
}

export interface LogWindow {
  /** Offsets of another identity mean nothing: the file was replaced. */
  identity: string;
  size: number;
  /** Never empty, each begins where the one before ends. */
  parts: readonly [LogPart, ...LogPart[]];
}

/** Parts up to this many lines are put together: a file that is followed grows line by line. */
const LINES_IN_PART = 200;

export function windowOf(page: LogPage): LogWindow {
  return { identity: page.identity, size: page.size_bytes, parts: [partOf(page)] };
}

export function startOf({ parts }: LogWindow): number {
  return parts[0].start;
}

export function endOf({ parts }: LogWindow): number {
  return lastOf(parts).end;
}

export function countLines({ parts }: LogWindow): number {
  return parts.reduce((count, { lines }) => count + lines.length, 0);
}

export function reachesEnd(window: LogWindow): boolean {
  return endOf(window) >= window.size;
}

/** Where to read on from. */
export function nextStart({ parts }: LogWindow): number {
  const last = lastOf(parts);
  return last.isOpen ? last.start : last.end;
}

/** With what the file has after the window; null if it does not fit there: then the window begins anew. */
export function withNext(window: LogWindow, page: LogPage): LogWindow | null {
  if (page.identity !== window.identity || page.start !== nextStart(window)) return null;
  const last = lastOf(window.parts);
  const before = window.parts.slice(0, -1);
  const part = partOf(page);
  const parts = last.isOpen
    ? [...before, { ...part, firstLine: last.firstLine }]
    : last.lines.length + part.lines.length <= LINES_IN_PART
      ? [...before, joined(last, part)]
      : [...window.parts, { ...part, firstLine: following(last) }];
  return { ...window, size: Math.max(window.size, page.size_bytes), parts: parts as [LogPart, ...LogPart[]] };
}

/** With what the file has before the window; null if it does not fit there. */
export function withPrevious(window: LogWindow, page: LogPage): LogWindow | null {
  const [first] = window.parts;
  if (page.identity !== window.identity || page.end !== first.start) return null;
  const part = partOf(page);
  const firstLine = part.firstLine ?? (first.firstLine === null ? null : first.firstLine - part.lines.length);
  return {
    ...window,
    parts: [{ ...part, firstLine, isOpen: false }, ...numberedFrom(window.parts, firstLine, part)],
  };
}

/** Without whole parts at one end, as long as so many lines are left. */
export function trimmed(window: LogWindow, end: "first" | "last", lines: number): LogWindow {
  const parts = [...window.parts];
  let count = countLines(window);
  while (parts.length > 1) {
    const surplus = end === "first" ? parts[0] : parts.at(-1);
    count -= surplus?.lines.length ?? 0;
    if (count < lines) break;
    if (end === "first") parts.shift();
    else parts.pop();
  }
  return { ...window, parts: parts as [LogPart, ...LogPart[]] };
}

/** What a message of the feed says of the file; null if it is another file now, or a shorter one. */
export function grown(window: LogWindow, size: number, identity: string): LogWindow | null {
  if (identity !== window.identity || size < endOf(window)) return null;
  return size === window.size ? window : { ...window, size };
}

function partOf({ start, end, size_bytes, text, offsets, first_line: firstLine }: LogPage): LogPart {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return {
    start,
    end,
    lines,
    offsets,
    firstLine,
    isOpen: text !== "" && !text.endsWith("\n") && end >= size_bytes,
  };
}

function joined(first: LogPart, second: LogPart): LogPart {
  return {
    ...first,
    end: second.end,
    lines: [...first.lines, ...second.lines],
    offsets: [...first.offsets, ...second.offsets],
    isOpen: second.isOpen,
  };
}

function following({ firstLine, lines }: LogPart): number | null {
  return firstLine === null ? null : firstLine + lines.length;
}

/** When the beginning of the file is reached, the numbers of all lines are known. */
function numberedFrom(
  parts: readonly LogPart[],
  firstLine: number | null,
  before: LogPart,
): readonly LogPart[] {
  if (firstLine === null || parts[0]?.firstLine !== null) return parts;
  let next = firstLine + before.lines.length;
  return parts.map((part) => {
    const numbered = { ...part, firstLine: next };
    next += part.lines.length;
    return numbered;
  });
}

function lastOf(parts: readonly [LogPart, ...LogPart[]]): LogPart {
  return parts.at(-1) ?? parts[0];
}
