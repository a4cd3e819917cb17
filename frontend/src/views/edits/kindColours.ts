/** The colours of kinds in a bar. They are shades of one, since other colours stand for experiments. */
import type { KindUsage } from "../../api/messages";

/** Of the largest kinds, how much of the accent; those beyond are grey together. */
const SHADES = [100, 72, 50, 34, 22];

export const MOST_KINDS = SHADES.length;

/** `kinds`: all of them, the largest first. */
export function colourOfKind(kinds: readonly KindUsage[], kind: string): string {
  const shade = SHADES[kinds.findIndex((each) => each.kind === kind)];
  return shade === undefined
    ? "var(--line-strong)"
    : `color-mix(in srgb, var(--accent) ${shade}%, var(--page))`;
}
