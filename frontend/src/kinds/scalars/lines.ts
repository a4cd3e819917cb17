/** Series as lines of a chart. */
import { readable } from "../../lib/ids";
import type { Line } from "../../lib/lines";
import { colourOf } from "../../state/colours.svelte";
import { experiments } from "../../state/experiments.svelte";
import type { Series } from "./series";

export interface ScalarLine extends Line {
  experiment: string;
  steps: Float64Array;
  /** Unix seconds */
  wallTimes: Float64Array;
  /** When the experiment's first point was logged. */
  firstWallTime: number;
  /** Whether every point is here: then what is counted of them is true. */
  isWhole: boolean;
  /** Points that a logarithmic x axis cannot show; they are not part of the line. */
  withoutPlace: number;
}

export function nameOfExperiment(id: string): string {
  return experiments.get(id)?.name ?? readable(id);
}

export function nameOfSeries({ experiment, label, writer }: Series): string {
  // The label of what stands in a table begins with the table's.
  const isSaid = label.startsWith(`${writer.replace(/\.[^./]*$/, "")}/`);
  return nameOfExperiment(experiment) + (writer && !isSaid ? ` · ${writer}` : "");
}

export function lineOf(series: Series): ScalarLine {
  return {
    name: nameOfSeries(series),
    colour: colourOf(series.experiment),
    experiment: series.experiment,
    x: series.x,
    y: series.values,
    smoothed: series.smoothed,
    length: series.length,
    origin: series.origin,
    segments: series.segments,
    sorted: true,
    steps: series.steps,
    wallTimes: series.wallTimes,
    firstWallTime: series.firstWallTime,
    isWhole: series.isWhole,
    withoutPlace: series.withoutPlace,
  };
}
