/** How the lines of several labels look in one chart: told apart by colour and by dashes. */
import { DASHES } from "../../lib/looks";
import type { ChartPart, CustomChart } from "./customCharts";
import type { ScalarLine } from "./lines";

export interface LabelLook {
  label: string;
  /** null: colours stand for experiments. */
  colour: string | null;
  dash: readonly number[];
  isRight: boolean;
}

/** With one experiment colours stand for labels; with several for experiments, and dashes for labels. */
export function looksOf(
  parts: readonly ChartPart[],
  { right }: Pick<CustomChart, "right">,
  { isAlone, colourAt }: { isAlone: boolean; colourAt: (place: number) => string },
): LabelLook[] {
  return parts.map(({ label }, index) => ({
    label,
    colour: isAlone ? colourAt(index) : null,
    dash: isAlone || parts.length === 1 ? [] : DASHES[index % DASHES.length]!,
    isRight: right.includes(label),
  }));
}

/** `isAlone`: there is one experiment, which needs no name. */
export function inLook(
  line: ScalarLine,
  { label, colour, dash, isRight }: LabelLook,
  { isAlone, isExpression }: { isAlone: boolean; isExpression: boolean },
): ScalarLine {
  return {
    ...line,
    name: isAlone ? label : `${line.name} · ${label}`,
    colour: colour ?? line.colour,
    dash,
    isExpression,
    ...(isRight ? { axis: "right" as const } : {}),
  };
}
