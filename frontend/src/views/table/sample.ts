/** Some of many experiments, and what they have in common. */

/** So many of them, evenly spread: the first, the last, and some in between. */
export function sampleOf<Item>(all: readonly Item[], count: number): Item[] {
  if (all.length <= count) return [...all];
  return Array.from(
    { length: count },
    (_, index) => all[Math.round((index * (all.length - 1)) / (count - 1))]!,
  );
}

/** Labels that at least half of those have that have any; all labels where no label is that common. */
export function commonLabels(sets: readonly ReadonlySet<string>[]): string[] {
  const counts = new Map<string, number>();
  const some = sets.filter((names) => names.size > 0);
  for (const names of some) for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  const common = [...counts].filter(([, count]) => 2 * count >= some.length).map(([name]) => name);
  return common.length > 0 ? common : [...counts.keys()];
}
