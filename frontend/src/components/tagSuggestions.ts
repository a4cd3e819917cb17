/** Which known tags are offered while somebody types one. */

/** A tag, and how many have it. */
export interface KnownTag {
  tag: string;
  count: number;
}

const MOST = 50;

/** Those that are not there yet; first what begins as typed, then what has it anywhere. Case does not count. */
export function suggest(known: readonly KnownTag[], present: readonly string[], typed: string): KnownTag[] {
  const wanted = typed.trim().toLowerCase();
  const there = new Set(present);
  const found = known.filter(({ tag }) => !there.has(tag) && tag.toLowerCase().includes(wanted));
  const begins = ({ tag }: KnownTag) => tag.toLowerCase().startsWith(wanted);
  return [...found.filter(begins), ...found.filter((each) => !begins(each))].slice(0, MOST);
}

/** Where a key leads in a list of `count`; -1 is the field above it. null: the key means something else. */
export function placeIn(count: number, at: number, key: string): number | null {
  if (key === "ArrowDown") return at + 1 < count ? at + 1 : -1;
  if (key === "ArrowUp") return at < 0 ? count - 1 : at - 1;
  return null;
}
