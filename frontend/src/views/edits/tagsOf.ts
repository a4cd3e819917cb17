/** The tags of some experiments, and how many of these have each; the most frequent first. */
import type { KnownTag } from "../../components/tagSuggestions";
import { compareNatural } from "../../lib/natural";

export function tagsOf(some: readonly { tags: readonly string[] }[]): KnownTag[] {
  const counts = new Map<string, number>();
  for (const { tags } of some) for (const tag of tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return [...counts]
    .map(([tag, count]) => ({ tag, count }))
    .sort((a, b) => b.count - a.count || compareNatural(a.tag, b.tag));
}
