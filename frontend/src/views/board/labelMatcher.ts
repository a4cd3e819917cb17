/** Which labels a panel means. Pure. */
import type { BoardPanel } from "../../api/messages";

/** A text: why its regular expression means nothing. */
export function labelMatcher({
  labels = [],
  pattern = "",
  template = "",
}: Pick<BoardPanel, "labels" | "pattern" | "template">): ((label: string) => boolean) | string {
  const named = new Set(labels);
  const searched = pattern || template;
  if (searched === "") return (label) => named.has(label);
  try {
    const expression = new RegExp(searched, "u");
    return (label) => named.has(label) || expression.test(label);
  } catch (error) {
    return (error as Error).message.replace(/^.*: /, "");
  }
}
