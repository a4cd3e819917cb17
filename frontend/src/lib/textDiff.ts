/**
 * What two texts have in common: first by lines, then, within the lines that differ, by words or characters.
 * Every stage has a time limit; what is not finished by then counts as replaced.
 */
import { diff, diffCleanupSemantic } from "diff-match-patch-es";

export type Unit = "character" | "word" | "line";

/** `changed`: both sides have a line here, and they differ. */
export const ROW = { equal: 0, changed: 1, removed: 2, added: 3 } as const;
type RowKind = (typeof ROW)[keyof typeof ROW];

/** Two texts and their names; `left` is what was to be expected. */
export interface TextPair {
  left: string;
  right: string;
  leftName: string;
  rightName: string;
}

/** Rows of two columns, in reading order. */
export interface TextDiff {
  /** Values of ROW. */
  kinds: Uint8Array;
  /** By row: the number of the line on this side, from 0; -1 if there is none. */
  left: Int32Array;
  right: Int32Array;
  /** By changed row: what both lines share, as triples (begin in the left line, begin in the right line, length). */
  shared: Map<number, number[]>;
  /** 1: equal; 0: nothing in common. */
  similarity: number;
  /** Time was up: there may be smaller differences than those shown. */
  gaveUp: boolean;
}

export interface Limits {
  lines_ms: number;
  marks_ms: number;
}

const LIMITS: Limits = { lines_ms: 1200, marks_ms: 1200 };
/** Characters on both sides together: what is replaced as a whole is not worth marking. */
const LARGEST_BLOCK = 200_000;
/** Code units from 0 on stand for what both sides have; these two for what only one has. */
const ONLY_LEFT = "\ufffe";
const ONLY_RIGHT = "\uffff";
const MOST_SHARED = 0xfffe;

export function splitLines(text: string): string[] {
  return text.split("\n");
}

export function diffTexts(
  leftText: string,
  rightText: string,
  unit: Unit,
  limits: Limits = LIMITS,
): TextDiff {
  const [left, right] = [splitLines(leftText), splitLines(rightText)];
  const rows = new Rows();
  const byLine = diffTokens(left, right, limits.lines_ms);
  const until = performance.now() + limits.marks_ms;
  let [atLeft, atRight] = [0, 0];
  for (const { removed, added, equal } of byLine.pieces) {
    const block = {
      left: left.slice(atLeft, atLeft + removed),
      right: right.slice(atRight, atRight + added),
    };
    addBlock(rows, block, atLeft, atRight, unit, until);
    atLeft += removed;
    atRight += added;
    for (let index = 0; index < equal; index++) rows.add(ROW.equal, atLeft++, atRight++);
  }
  const common = rows.sharedLength + lengthOfEqual(rows, left);
  const total = leftText.length + rightText.length;
  return {
    ...rows.toArrays(),
    similarity: leftText === rightText ? 1 : total === 0 ? 1 : Math.min(1, (2 * common) / total),
    gaveUp: byLine.gaveUp || performance.now() > until,
  };
}

/** A part of a line: `changed` is what the other side does not have. */
export interface SidePart {
  text: string;
  changed: boolean;
}

/** One side of a changed row. `shared` undefined: nothing of it is. */
export function sideParts(line: string, shared: readonly number[] | undefined, side: 0 | 1): SidePart[] {
  const parts: SidePart[] = [];
  let at = 0;
  const add = (end: number, changed: boolean) => {
    if (end > at) parts.push({ text: line.slice(at, end), changed });
    at = end;
  };
  forEachShared(shared, (begin, length) => {
    add(begin[side], true);
    add(begin[side] + length, false);
  });
  add(line.length, true);
  return parts;
}

export interface InlinePart {
  text: string;
  kind: "equal" | "removed" | "added";
}

/** Both sides of a changed row as one text. */
export function inlineParts(
  left: string,
  right: string,
  shared: readonly number[] | undefined,
): InlinePart[] {
  const parts: InlinePart[] = [];
  let [atLeft, atRight] = [0, 0];
  const addDifference = (endLeft: number, endRight: number) => {
    if (endLeft > atLeft) parts.push({ text: left.slice(atLeft, endLeft), kind: "removed" });
    if (endRight > atRight) parts.push({ text: right.slice(atRight, endRight), kind: "added" });
  };
  forEachShared(shared, ([beginLeft, beginRight], length) => {
    addDifference(beginLeft, beginRight);
    parts.push({ text: left.slice(beginLeft, beginLeft + length), kind: "equal" });
    [atLeft, atRight] = [beginLeft + length, beginRight + length];
  });
  addDifference(left.length, right.length);
  return parts;
}

function forEachShared(
  shared: readonly number[] | undefined,
  visit: (begin: readonly [left: number, right: number], length: number) => void,
): void {
  for (let index = 0; shared && index < shared.length; index += 3) {
    visit([shared[index] ?? 0, shared[index + 1] ?? 0], shared[index + 2] ?? 0);
  }
}

/** A row of the diff, or a run of equal rows that is folded away. */
export type ShownRow = { row: number } | { folded: number; count: number };

/** All rows, or only those near a change. `unfolded`: first rows of runs that somebody has opened. */
export function shownRows(
  kinds: Uint8Array,
  context: number | null,
  unfolded: ReadonlySet<number>,
): ShownRow[] {
  const shown: ShownRow[] = [];
  let row = 0;
  const show = (end: number) => {
    for (; row < end; row++) shown.push({ row });
  };
  while (row < kinds.length) {
    const start = row;
    let end = start;
    while (end < kinds.length && kinds[end] === ROW.equal) end++;
    if (context !== null) {
      const from = start === 0 ? 0 : start + context;
      const to = end === kinds.length ? end : end - context;
      // A single row takes no more place than the line that says that it is folded.
      if (to - from > 1 && !unfolded.has(from)) {
        show(from);
        shown.push({ folded: from, count: to - from });
        row = to;
      }
    }
    show(end);
    while (row < kinds.length && kinds[row] !== ROW.equal) shown.push({ row: row++ });
  }
  return shown;
}

interface Block {
  left: string[];
  right: string[];
}

/** Both lists as an alternation of what differs and what is equal, in numbers of tokens. */
interface Piece {
  removed: number;
  added: number;
  equal: number;
}

class Rows {
  readonly #kinds: number[] = [];
  readonly #left: number[] = [];
  readonly #right: number[] = [];
  readonly #shared = new Map<number, number[]>();
  sharedLength = 0;

  add(kind: RowKind, left: number, right: number, shared: number[] = []): void {
    if (shared.length > 0) this.#shared.set(this.#kinds.length, shared);
    for (let index = 2; index < shared.length; index += 3) this.sharedLength += shared[index] ?? 0;
    this.#kinds.push(kind);
    this.#left.push(left);
    this.#right.push(right);
  }

  *equalLeft(): Generator<number> {
    for (const [row, kind] of this.#kinds.entries()) if (kind === ROW.equal) yield this.#left[row] ?? 0;
  }

  toArrays(): Pick<TextDiff, "kinds" | "left" | "right" | "shared"> {
    return {
      kinds: Uint8Array.from(this.#kinds),
      left: Int32Array.from(this.#left),
      right: Int32Array.from(this.#right),
      shared: this.#shared,
    };
  }
}

function lengthOfEqual(rows: Rows, left: string[]): number {
  let length = 0;
  for (const line of rows.equalLeft()) length += (left[line]?.length ?? 0) + 1;
  return length;
}

/** The rows of lines that were replaced by others: similar lines beside each other, the rest as they come. */
function addBlock(
  rows: Rows,
  block: Block,
  firstLeft: number,
  firstRight: number,
  unit: Unit,
  until: number,
): void {
  const [leftCount, rightCount] = [block.left.length, block.right.length];
  const refined = unit === "line" || !leftCount || !rightCount ? null : refine(block, unit, until);
  const pairs = refined ? alignLines(refined) : [];
  let [left, right] = [0, 0];
  for (const pair of [...pairs, { left: leftCount, right: rightCount, shared: null }]) {
    while (left < pair.left || right < pair.right) {
      const [hasLeft, hasRight] = [left < pair.left, right < pair.right];
      const kind = hasLeft && hasRight ? ROW.changed : hasLeft ? ROW.removed : ROW.added;
      rows.add(kind, hasLeft ? firstLeft + left++ : -1, hasRight ? firstRight + right++ : -1);
    }
    if (pair.shared) rows.add(ROW.changed, firstLeft + left++, firstRight + right++, pair.shared);
  }
}

/** A stretch that both sides share, within one line of each. */
interface Stretch {
  left: number;
  right: number;
  beginLeft: number;
  beginRight: number;
  length: number;
  /** Without white space: what makes lines similar. */
  weight: number;
}

function refine(block: Block, unit: "character" | "word", until: number): Stretch[] | null {
  const [leftText, rightText] = [block.left.join("\n"), block.right.join("\n")];
  const remaining_ms = until - performance.now();
  if (remaining_ms <= 0 || leftText.length + rightText.length > LARGEST_BLOCK) return null;
  const [left, right] = [toTokens(leftText, unit), toTokens(rightText, unit)];
  const { pieces } = diffTokens(left, right, remaining_ms, true);
  const stretches: Stretch[] = [];
  const [inLeft, inRight] = [new Cursor(left), new Cursor(right)];
  for (const { removed, added, equal } of pieces) {
    for (let count = 0; count < removed; count++) inLeft.pass();
    for (let count = 0; count < added; count++) inRight.pass();
    let stretch: Stretch | null = null;
    for (let count = 0; count < equal; count++) {
      const { line, column } = inLeft;
      const begin = { left: line, right: inRight.line, beginLeft: column, beginRight: inRight.column };
      const token = inLeft.pass();
      inRight.pass();
      if (token === "\n") stretch = null;
      else {
        if (!stretch) stretches.push((stretch = { ...begin, length: 0, weight: 0 }));
        stretch.length += token.length;
        stretch.weight += token.trim().length;
      }
    }
  }
  return stretches;
}

/** Walks through the tokens of a text and knows in which line and column it is. */
class Cursor {
  readonly #tokens: readonly string[];
  #next = 0;
  line = 0;
  column = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  pass(): string {
    const token = this.#tokens[this.#next++] ?? "";
    if (token === "\n") {
      this.line++;
      this.column = 0;
    } else {
      this.column += token.length;
    }
    return token;
  }
}

interface Pair {
  left: number;
  right: number;
  shared: number[];
}

/** Which lines stand beside each other: the chain of pairs, growing on both sides, that share most. */
function alignLines(stretches: Stretch[]): Pair[] {
  const pairs: (Pair & { weight: number; best: number; before: number })[] = [];
  for (const { left, right, beginLeft, beginRight, length, weight } of stretches) {
    let pair = pairs.at(-1);
    if (pair?.left !== left || pair.right !== right) {
      pairs.push((pair = { left, right, shared: [], weight: 0, best: 0, before: -1 }));
    }
    pair.shared.push(beginLeft, beginRight, length);
    pair.weight += weight;
  }
  // Stretches never go back on either side, so what can stand before a pair is a prefix of the list.
  let best = -1;
  let prefix = 0;
  for (const pair of pairs) {
    for (let earlier = pairs[prefix]; earlier && earlier.left < pair.left && earlier.right < pair.right;) {
      if (earlier.best > (pairs[best]?.best ?? 0)) best = prefix;
      earlier = pairs[++prefix];
    }
    pair.before = best;
    pair.best = pair.weight + (pairs[best]?.best ?? 0);
  }
  let last = -1;
  for (const [index, { best: total }] of pairs.entries()) if (total > (pairs[last]?.best ?? 0)) last = index;
  const chain: Pair[] = [];
  for (let pair = pairs[last]; pair; pair = pairs[pair.before]) if (pair.weight > 0) chain.unshift(pair);
  return chain;
}

const segmenters = new Map<string, Intl.Segmenter>();

function toTokens(text: string, unit: "character" | "word"): string[] {
  const granularity = unit === "word" ? "word" : "grapheme";
  let segmenter = segmenters.get(granularity);
  if (!segmenter) segmenters.set(granularity, (segmenter = new Intl.Segmenter(undefined, { granularity })));
  const tokens: string[] = [];
  for (const { segment } of segmenter.segment(text)) {
    // Carriage return and newline are one grapheme, but lines end at the newline.
    if (segment === "\r\n") tokens.push("\r", "\n");
    else tokens.push(segment);
  }
  return tokens;
}

/** `readable`: small islands of equality between differences count as different, too. */
function diffTokens(
  left: readonly string[],
  right: readonly string[],
  limit_ms: number,
  readable = false,
): { pieces: Piece[]; gaveUp: boolean } {
  let first = 0;
  const shorter = Math.min(left.length, right.length);
  while (first < shorter && left[first] === right[first]) first++;
  let last = 0;
  while (last < shorter - first && left.at(-1 - last) === right.at(-1 - last)) last++;

  const begin = performance.now();
  const middle = [left.slice(first, left.length - last), right.slice(first, right.length - last)] as const;
  const operations = compare(...middle, limit_ms, readable);
  const pieces: Piece[] = [{ removed: 0, added: 0, equal: first }];
  for (const [operation, count] of [...operations, [0, last] as const]) {
    let piece = pieces.at(-1);
    if (!piece || (operation !== 0 && piece.equal > 0)) {
      pieces.push((piece = { removed: 0, added: 0, equal: 0 }));
    }
    if (operation === 0) piece.equal += count;
    else if (operation < 0) piece.removed += count;
    else piece.added += count;
  }
  return { pieces, gaveUp: performance.now() - begin >= limit_ms };
}

/** -1: so many tokens are only in the left list, 1: only in the right one, 0: in both. */
type Operation = readonly [operation: number, count: number];

function compare(
  left: readonly string[],
  right: readonly string[],
  limit_ms: number,
  readable: boolean,
): Operation[] {
  const encoded = encode(left, right);
  if (!encoded) return [[-1, left.length] as const, [1, right.length] as const];
  const diffs = diff(encoded.left, encoded.right, { diffTimeout: limit_ms / 1000 }, false);
  if (readable) diffCleanupSemantic(diffs);
  return diffs.map(([operation, { length }]) => [operation, length] as const);
}

/** Both lists as strings of one code unit a token; null if they share nothing, or more tokens than there are units. */
function encode(left: readonly string[], right: readonly string[]): { left: string; right: string } | null {
  const inLeft = new Set(left);
  const units = new Map<string, string>();
  for (const token of right) {
    if (inLeft.has(token) && !units.has(token)) units.set(token, String.fromCharCode(units.size));
  }
  if (units.size === 0 || units.size > MOST_SHARED) return null;
  const toString = (tokens: readonly string[], alone: string) =>
    tokens.map((token) => units.get(token) ?? alone).join("");
  return { left: toString(left, ONLY_LEFT), right: toString(right, ONLY_RIGHT) };
}
