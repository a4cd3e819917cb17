/**
 * Which columns somebody wants and in which order, as words of the address: a column's key; `-` and a key for one that is
 * not wanted; a group of columns, `results`, `settings` or `facts`, whose members stand in its place but for those that the
 * words name. So what comes later, such as the settings of a new experiment, has its place already.
 */
export const RESULTS = "results";
export const SETTINGS = "settings";
export const FACTS = "facts";

/** As long as nobody says otherwise. */
export const FIRST_WORDS: readonly string[] = [RESULTS, "status", SETTINGS, FACTS];

/** The members of each group, in order. */
export type Groups = Readonly<Record<string, readonly string[]>>;

export interface PlacedColumn {
  key: string;
  /** The group that it stands for; null: somebody wants just this one. */
  group: string | null;
}

export function placedColumns(words: readonly string[], groups: Groups): PlacedColumn[] {
  const named = new Set(words.map((word) => word.replace(/^-/, "")));
  const placed = new Map<string, PlacedColumn>();
  for (const word of words) {
    if (word.startsWith("-")) continue;
    const members = groups[word];
    if (!members) placed.set(word, placed.get(word) ?? { key: word, group: null });
    else for (const key of members) if (!named.has(key)) placed.set(key, { key, group: word });
  }
  return [...placed.values()];
}

/** With these columns in front of all others. */
export function withColumns(words: readonly string[], keys: readonly string[]): string[] {
  return [...keys, ...words.filter((word) => !keys.includes(word.replace(/^-/, "")))];
}

/** Without these columns, wherever they stand. */
export function withoutColumns(words: readonly string[], keys: readonly string[], groups: Groups): string[] {
  const left = words.filter((word) => !keys.includes(word.replace(/^-/, "")));
  const inGroups = new Set(left.flatMap((word) => groups[word] ?? []));
  return [...left, ...keys.filter((key) => inGroups.has(key)).map((key) => `-${key}`)];
}

/**
 * One column in front of another; null: behind all. Those that stand before it in the other's group get places of their own.
 *
 * @param shown the keys of the columns that are seen, in order
 */
export function moveColumn(
  words: readonly string[],
  groups: Groups,
  shown: readonly string[],
  key: string,
  before: string | null,
): string[] {
  if (key === before) return [...words];
  const placed = placedColumns(words, groups).filter((column) => column.key !== key);
  const rest = words.filter((word) => word.replace(/^-/, "") !== key);
  const target = placed.find((column) => column.key === before);
  if (!target) return [...rest, key];
  if (target.group === null) return rest.toSpliced(rest.indexOf(target.key), 0, key);
  const ahead = placed.filter(({ group, key: other }) => group === target.group && shown.includes(other));
  const own = ahead.slice(
    0,
    ahead.findIndex((column) => column.key === target.key),
  );
  return rest.toSpliced(rest.indexOf(target.group), 0, ...own.map((column) => column.key), key);
}
