/** Which labels a panel means. Pure. */
import type { BoardPanel } from "../../api/messages";
import { boundedPattern } from "../../lib/boundedPattern";

/** A text: why its regular expression means nothing. */
export function labelMatcher({
  labels = [],
  pattern = "",
  template = "",
}: Pick<BoardPanel, "labels" | "pattern" | "template">): ((label: string) => boolean) | string {
  const named = new Set(labels);
  const searched = pattern || template;
  if (searched === "") return (label) => named.has(label);
  const expression = boundedPattern(searched);
  if (typeof expression === "string") return expression;
  return (label) => named.has(label) || expression.test(label);
}
