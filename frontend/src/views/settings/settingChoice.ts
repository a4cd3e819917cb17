/** Which settings are worth a look at first, where experiments differ in many. */
import { compareNatural } from "../../lib/natural";
import type { Cell } from "../../lib/cells";

/** More settings are not listed: 10,000 of them nobody reads. */
export const MOST_SETTINGS = 300;
/** Texts of which nearly every experiment has another one are names, not settings. */
const MOST_OF = 0.5;

/**
 * Settings that are not the same in all of these, the more telling ones first: those that most have, before names and paths
 * that are different everywhere.
 */
export function tellingSettings(all: readonly ReadonlyMap<string, Cell>[]): string[] {
  const found = new Map<string, { values: Set<Cell>; count: number; isNumeric: boolean }>();
  for (const settings of all)
    for (const [name, value] of settings) {
      let seen = found.get(name);
      if (!seen) found.set(name, (seen = { values: new Set(), count: 0, isNumeric: true }));
      seen.count++;
      seen.values.add(value);
      seen.isNumeric &&= value === null || typeof value === "number";
    }
  const rank = ({ values, count, isNumeric }: { values: Set<Cell>; count: number; isNumeric: boolean }) =>
    (!isNumeric && values.size > 2 && values.size > MOST_OF * count ? 2 : 0) +
    (2 * count < all.length ? 1 : 0);
  return [...found]
    .filter(([, { values, count }]) => values.size > 1 || count < all.length)
    .map(([name, seen]) => ({ name, rank: rank(seen) }))
    .sort((a, b) => a.rank - b.rank || compareNatural(a.name, b.name))
    .map(({ name }) => name);
}

/** Those of some settings that at least half of the experiments have; all of them if there is no such setting. */
export function usualSettings(names: readonly string[], all: readonly ReadonlyMap<string, Cell>[]): string[] {
  const usual = names.filter((name) => 2 * all.filter((settings) => settings.has(name)).length >= all.length);
  return usual.length > 0 ? usual : [...names];
}
