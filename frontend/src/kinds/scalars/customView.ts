/** How a chart that somebody has put together is looked at, whatever is drawn in it. Called where state is followed. */
import type { PlotAxes } from "../../charts/plot";
import type { WithoutOutliers } from "../../charts/lineRanges";
import { grouping, type ShownGroups } from "../../state/grouping.svelte";
import { labelDefinitions } from "../../state/labelDefinitions.svelte";
import { smoothingOf } from "./autoSmoothing.svelte";
import {
  labelsIn,
  titleOfChart,
  type ChartPart,
  type CustomChart,
  type SmoothingMethod,
} from "./customCharts";
import type { XAxis } from "./series";
import { axesWith, logX, method, titleOfX, withoutOutliersIn, xAxis } from "./view.svelte";

export function xOf(chart: CustomChart): XAxis {
  return chart.x ?? xAxis.value;
}

/** Whether groups can be drawn: there are averages over steps and over the time since the start. */
export function isGroupable(chart: CustomChart, groups: ShownGroups = grouping): boolean {
  return groups.isOn && chart.xLabel === "" && xOf(chart) !== "wall";
}

export function outliersIn(chart: CustomChart): WithoutOutliers {
  return chart.details?.outliers ?? withoutOutliersIn(titleOfChart(chart));
}

export function weightIn(chart: CustomChart, label: string): number {
  return chart.smoothing ? chart.smoothing.weight : smoothingOf(label);
}

export function methodIn(chart: CustomChart): SmoothingMethod {
  return chart.smoothing?.method ?? method.value;
}

/** Labels whose values change what is drawn. */
export function labelsOf(
  parts: readonly ChartPart[],
  { xLabel }: CustomChart,
  known: readonly string[],
): string[] {
  return [...new Set([...parts.flatMap((part) => labelsIn(part, known)), ...(xLabel ? [xLabel] : [])])];
}

export function axesIn(chart: CustomChart, parts: readonly ChartPart[]): PlotAxes {
  const { right, xLabel, logY, details } = chart;
  const xTitle = details?.xTitle || (xLabel && titleOfX(xLabel));
  const isRight = ({ label }: ChartPart) => right.includes(label);
  return {
    ...axesWith(xOf(chart), {
      log: logY,
      xLog: details?.logX ?? logX.value,
      unit: unitOf(parts.filter((part) => !isRight(part))),
      hasOtherX: xLabel !== "",
    }),
    xEnds: details?.ends.x ?? null,
    yEnds: details?.ends.y ?? null,
    ...(xTitle ? { xTitle } : {}),
    ...(details?.yTitle ? { yUnit: details.yTitle } : {}),
    rightUnit: unitOf(parts.filter(isRight)),
  };
}

/** "" where they have several. */
function unitOf(some: readonly ChartPart[]): string {
  const units = new Set(
    some.map((part) => (part.isExpression ? "" : labelDefinitions.meaningOf(part.label).unit)),
  );
  return units.size === 1 ? [...units][0]! : "";
}
