/** What is searched for in a log: as the server understands it, and as a pattern that marks it on the page. */
import { isExact, type Filter } from "../../lib/filter";

export interface LogSearch {
  /** For the server (`api/log-search`); its regular expressions are Rust's. */
  text: string;
  regex: boolean;
  pattern: RegExp;
}

/** Of a filter without an error; as in every one of the page, case may not count. null: nothing to search for. */
export function toSearch({ text, regex }: Filter): LogSearch | null {
  if (text === "") return null;
  const source = regex ? text : text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  const anyCase = !isExact({ text, regex });
  const pattern = new RegExp(source, anyCase ? "giu" : "gu");
  if (!regex && !anyCase) return { text, regex: false, pattern };
  return { text: anyCase ? `(?i)${regex ? text : escapeForServer(text)}` : text, regex: true, pattern };
}

export interface Piece {
  text: string;
  marked: boolean;
}

/** A text in pieces, those that match marked. `pattern` is global. */
export function markMatches(text: string, pattern: RegExp): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const { index, 0: found } of text.matchAll(pattern)) {
    if (found === "") continue;
    if (index > at) pieces.push({ text: text.slice(at, index), marked: false });
    pieces.push({ text: found, marked: true });
    at = index + found.length;
  }
  if (at < text.length) pieces.push({ text: text.slice(at), marked: false });
  return pieces;
}

function escapeForServer(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|#&\-~]/g, "\\$&");
}
