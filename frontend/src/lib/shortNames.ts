/** Names without what all of them share, or those of a family, where that makes long ones readable. */

/** What all names begin and end with. */
export interface Shared {
  prefix: string;
  suffix: string;
}

/** What is left out of names that stand beside each other. */
export interface Shortening {
  all: Shared;
  /** Of those that are still long then: what a family shares beside, by what its names begin with (`familyOf`). */
  families: Readonly<Record<string, Shared>>;
  /** What families begin with tells them apart, and stays. */
  keepsFamilies: boolean;
}

export const NOTHING_SHARED: Shared = { prefix: "", suffix: "" };
/** Stands where something in the middle of a name is left out. */
export const ELLIPSIS = "…";

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

/**
 * What names share that stand beside each other: all of them, and where those of a sweep stand beside others, which share
 * nothing with them, those of the sweep. No two names become the same.
 */
export function shorteningOf(names: readonly string[]): Shortening {
  const all = sharedBy(names);
  const members = new Map<string, string[]>();
  for (const name of names) {
    const rest = shortened(name, all);
    if (rest.length <= SHORT) continue;
    const family = familyOf(rest);
    const others = members.get(family);
    if (others) others.push(rest);
    else members.set(family, [rest]);
  }
  const families: Record<string, Shared> = {};
  for (const [family, rests] of members) {
    const shared = sharedBy(rests);
    if (shared.prefix.length + shared.suffix.length > 0) families[family] = shared;
  }
  const alone = { all, families, keepsFamilies: false };
  const isUnique = new Set(names.map((name) => shortName(name, alone))).size === new Set(names).size;
  return Object.keys(families).length > 1 || !isUnique ? { ...alone, keepsFamilies: true } : alone;
}

/** As short as it can be beside those that `shorteningOf` was told. */
export function shortName(name: string, { all, families, keepsFamilies }: Shortening): string {
  const rest = shortened(name, all);
  const family = familyOf(rest);
  if (!Object.hasOwn(families, family)) return rest;
  const shared = families[family]!;
  const short = shortened(rest, shared);
  const isCut = keepsFamilies && short !== rest && shared.prefix.startsWith(family);
  return isCut ? family + (shared.prefix === family ? "" : ELLIPSIS) + short : short;
}

/** What names of one sweep begin with: the folder that they lie in, or their first word. */
function familyOf(name: string): string {
  const folder = name.slice(0, name.lastIndexOf("/") + 1);
  if (folder !== "") return folder;
  const end = name.slice(1).search(SEPARATOR);
  return end < 0 ? name : name.slice(0, end + 2);
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
