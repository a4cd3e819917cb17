/** How the lines of several labels look in one chart: told apart by colour and by dashes. */
import { DASHES } from "../../lib/looks";
import { matcherOf, type ChartPart, type CustomChart } from "./customCharts";
import type { ScalarLine } from "./lines";

export interface LabelLook {
  label: string;
  /** null: colours stand for experiments. */
  colour: string | null;
  dash: readonly number[];
  /** CSS pixels; null: as others. */
  width: number | null;
  scattered: boolean;
  isRight: boolean;
}

/**
 * With one experiment colours stand for labels; with several for experiments, and dashes for labels. One label of one
 * experiment has the experiment's: another would be that of somebody else on the page.
 */
export function looksOf(
  parts: readonly ChartPart[],
  { right, details }: Pick<CustomChart, "right" | "details">,
  { isAlone, colourAt }: { isAlone: boolean; colourAt: (place: number) => string },
): LabelLook[] {
  const byLabel = isAlone && parts.length > 1;
  return parts.map(({ label }, index) => {
    const styles = details?.styles.filter((style) => isFor(style.label, label)) ?? [];
    const usual = byLabel || parts.length === 1 ? [] : DASHES[index % DASHES.length]!;
    return {
      label,
      colour: styles.find(({ colour }) => colour)?.colour ?? (byLabel ? colourAt(index) : null),
      dash: styles.find(({ dash }) => dash)?.dash ?? usual,
      width: styles.find(({ width }) => width)?.width ?? null,
      scattered: details?.scattered ?? false,
      isRight: right.includes(label),
    };
  });
}

/** Whether a style, which names a label, a pattern or nothing, is about a label. */
function isFor(wanted: string | undefined, label: string): boolean {
  if (!wanted || wanted === label) return true;
  const matches = matcherOf(wanted);
  return typeof matches === "function" && matches(label);
}

/** `isAlone`: there is one experiment, which needs no name. */
export function inLook(
  line: ScalarLine,
  { label, colour, dash, width, scattered, isRight }: LabelLook,
  { isAlone, isExpression }: { isAlone: boolean; isExpression: boolean },
): ScalarLine {
  return {
    ...line,
    name: isAlone ? label : `${line.name} · ${label}`,
    colour: colour ?? line.colour,
    dash,
    ...(width === null ? {} : { width }),
    scattered,
    isExpression,
    ...(isRight ? { axis: "right" as const } : {}),
  };
}
