/** Series as lines of a chart. */
import type { Line } from "../../charts/lines";
import { readable } from "../../lib/ids";
import { colourOf, dashOf } from "../../state/colours.svelte";
import { experiments } from "../../state/experiments.svelte";
import { names } from "../../state/names.svelte";
import type { Series } from "./series";

export interface ScalarLine extends Line {
  experiment: string;
  label: string;
  /** "" unless several processes logged the same label; of a table its path. */
  writer: string;
  steps: Float64Array;
  /** Unix seconds */
  wallTimes: Float64Array;
  /** When the experiment's first point was logged. */
  firstWallTime: number;
  /** Whether every point is here: then what is counted of them is true. */
  isWhole: boolean;
  /** Points that a logarithmic x axis cannot show; they are not part of the line. */
  withoutPlace: number;
  /** Its label is an expression over others. */
  isExpression?: boolean;
}

/** Of its folder: in files that are saved. */
export function nameOfExperiment(id: string): string {
  return experiments.get(id)?.name ?? readable(id);
}

export function nameOfSeries({
  experiment,
  label,
  writer,
}: Pick<Series, "experiment" | "label" | "writer">): string {
  // The label of what stands in a table begins with the table's.
  const isSaid = label.startsWith(`${writer.replace(/\.[^./]*$/, "")}/`);
  return experiments.nameOf(experiment) + (writer && !isSaid ? ` · ${writer}` : "");
}

/** Where lines stand beside each other: without what all experiments share. */
export function shortNameOf({ experiment, name }: Pick<ScalarLine, "experiment" | "name">): string {
  const whole = experiments.nameOf(experiment);
  return name.startsWith(whole) ? names.short(experiment) + name.slice(whole.length) : name;
}

export function isScalarLine(line: Line): line is ScalarLine {
  return "wallTimes" in line;
}

/** The lines of a label; whose writer a series is of is said only where an experiment has several. */
export function labelLines(all: readonly Series[], isSmoothed = true): ScalarLine[] {
  const counts = new Map<string, number>();
  for (const { experiment } of all) counts.set(experiment, (counts.get(experiment) ?? 0) + 1);
  return all.map((series) => lineOf(series, isSmoothed, (counts.get(series.experiment) ?? 0) > 1));
}

/**
 * `isSmoothed`: whether a smoothed line is drawn, where there is one. `isOneOfSeveral`: whether its experiment has
 * others of the label.
 */
export function lineOf(series: Series, isSmoothed = true, isOneOfSeveral = true): ScalarLine {
  return {
    name: isOneOfSeveral ? nameOfSeries(series) : experiments.nameOf(series.experiment),
    colour: colourOf(series.experiment),
    dash: dashOf(series.experiment),
    experiment: series.experiment,
    label: series.label,
    writer: series.writer,
    x: series.x,
    y: series.values,
    smoothed: isSmoothed ? series.smoothed : null,
    length: series.length,
    origin: series.origin,
    segments: series.segments,
    sorted: !series.hasOtherX,
    steps: series.steps,
    wallTimes: series.wallTimes,
    firstWallTime: series.firstWallTime,
    isWhole: series.isWhole,
    withoutPlace: series.withoutPlace,
  };
}
