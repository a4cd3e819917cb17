/** What the server says of settings and a result, as the rows of a table and in words. */
import type { Importance } from "../../api/messages";

/** Settings without a result that are listed all the same. */
const MOST_RARE = 5;

export interface ImportanceRow extends Importance {
  title: string;
  /** 0 to 1: by what rows are sorted and bars drawn; null: nothing is said of it. */
  strength: number | null;
}

/** The most important first; those of which nothing can be said last. */
export function importanceRows(
  found: readonly Importance[],
  titles: ReadonlyMap<string, string>,
): ImportanceRow[] {
  return found
    .map((each) => ({ ...each, title: titles.get(each.field) ?? each.field, strength: strengthOf(each) }))
    .sort((a, b) => (b.strength ?? -1) - (a.strength ?? -1));
}

/** What a forest says counts before the others, because it sees settings together. */
function strengthOf({ correlation, explained, forest }: Importance): number | null {
  if (forest !== null) return Math.min(1, Math.max(0, forest));
  const shares = [correlation === null ? null : correlation ** 2, explained].filter(
    (share) => share !== null,
  );
  return shares.length > 0 ? Math.max(...shares) : null;
}

/** How the result goes with larger numbers; "" where there is nothing to say. */
export function directionOf({ correlation }: Importance): string {
  if (correlation === null || Math.abs(correlation) < 0.1) return "";
  return correlation > 0 ? "larger with more of it" : "smaller with more of it";
}

/** Why nothing is said of a setting; "" if something is. */
export function reasonOf(
  { n, different, correlation, explained, forest }: Importance,
  fewest: number,
): string {
  if (correlation !== null || explained !== null) return "";
  if (n < fewest) return `needs ${fewest}, there are ${n}`;
  if (different < 2) return "the same in all of them";
  return forest === null ? "too many different values" : "";
}

/** Rows of settings that too few experiments have say nothing each: of more than a few only how many they are. */
export function foldRare(
  rows: readonly ImportanceRow[],
  fewest: number,
): { rows: readonly ImportanceRow[]; rare: number } {
  const told = rows.filter(({ n }) => n >= fewest);
  const rare = rows.length - told.length;
  return rare > MOST_RARE ? { rows: told, rare } : { rows, rare: 0 };
}
