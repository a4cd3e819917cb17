/** Names without what all of them share, where that makes long ones readable. */

/** What all names begin and end with. */
export interface Shared {
  prefix: string;
  suffix: string;
}

export const NOTHING_SHARED: Shared = { prefix: "", suffix: "" };

/** Names up to so long are read at a glance, and stay whole. */
const SHORT = 20;
const SEPARATOR = /[-_./ ,;@+]/;

/**
 * What these names share at their ends, up to separators, so that no word and no number is cut: `net-lr0.01-a` and
 * `net-lr0.02-a` share `net-` and `-a`. Something is left of each. Time grows with the length of all names together.
 */
export function sharedBy(names: readonly string[]): Shared {
  const [first, ...others] = names;
  if (first === undefined || others.length === 0) return NOTHING_SHARED;
  if (names.every(({ length }) => length <= SHORT)) return NOTHING_SHARED;
  let begin = first.length;
  for (const name of others) begin = sameBeginning(first, name, begin);
  let prefix = longestOf(first, begin, beginnings);
  while (prefix > 0 && names.some((name) => !readsAlone(name, prefix)))
    prefix = longestOf(first, prefix - 1, beginnings);
  const least = names.reduce((length, name) => Math.min(length, name.length), Infinity) - prefix - 1;
  let end = least;
  for (const name of others) end = sameEnd(first, name, end);
  const suffix = longestOf(first, end, endings);
  return { prefix: first.slice(0, prefix), suffix: first.slice(first.length - suffix) };
}

/** The name without what is shared; the whole name if it does not share it. */
export function shortened(name: string, { prefix, suffix }: Shared): string {
  const isSharing =
    name.length > prefix.length + suffix.length && name.startsWith(prefix) && name.endsWith(suffix);
  return isSharing ? name.slice(prefix.length, name.length - suffix.length) : name;
}

function sameBeginning(a: string, b: string, most: number): number {
  const end = Math.min(most, b.length);
  let length = 0;
  while (length < end && a.charCodeAt(length) === b.charCodeAt(length)) length++;
  return length;
}

function sameEnd(a: string, b: string, most: number): number {
  let length = 0;
  while (length < most && a.charCodeAt(a.length - 1 - length) === b.charCodeAt(b.length - 1 - length))
    length++;
  return length;
}

type Borders = (name: string, length: number) => boolean;

function longestOf(name: string, most: number, isBorder: Borders): number {
  let length = Math.max(0, most);
  while (length > 0 && !isBorder(name, length)) length--;
  return length;
}

const beginnings: Borders = (name, length) => separates(name, length - 1);
const endings: Borders = (name, length) => separates(name, name.length - length);

/** Not the point of a number, nor the sign of its exponent. */
function separates(name: string, at: number): boolean {
  const character = name.charAt(at);
  if (!SEPARATOR.test(character)) return false;
  if (character === ".") return !/^\d\.\d/.test(name.slice(at - 1, at + 2));
  return !(/[-+]/.test(character) && /\de[-+]\d/i.test(name.slice(at - 2, at + 2)));
}

/** Of `seed-3` the number alone says nothing: the word before it stays. */
function readsAlone(name: string, prefix: number): boolean {
  if (name.length <= prefix) return false;
  return !(/^\d/.test(name.slice(prefix, prefix + 1)) && /[a-z][-_ ]$/i.test(name.slice(0, prefix)));
}
