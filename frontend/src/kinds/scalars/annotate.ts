/** What is pointed at, or shown, in a chart of scalars, as places that somebody can write to. */
import type { Hovered } from "../../charts/hover.svelte";
import type { Range } from "../../charts/ranges";
import { annotate, type AnnotationPlace } from "../../frame/annotating.svelte";
import { stepsWithin } from "./annotationFlags";
import type { ScalarLine } from "./lines";

/** What is pointed at in a chart. */
export type Pointed = Pick<Hovered<ScalarLine>, "points" | "nearest">;

/** At what is pointed at: the point of the line that is meant, or the step. */
export function annotateAt(label: string, { points, nearest }: Pointed): void {
  const byExperiment = new Map<string, number>();
  for (const point of nearest ? [nearest, ...points] : points) {
    const { experiment, steps } = point.line;
    if (!byExperiment.has(experiment)) byExperiment.set(experiment, steps[point.index]!);
  }
  const places = [...byExperiment].map(([experiment, step]) => ({ experiment, step, endStep: null }));
  if (places.length > 0) annotate({ places, label, isPoint: nearest !== null });
}

/** Of all lines in a chart, the steps of what is shown of them; null: there are none. `byStep`: x is the step itself. */
export function placesWithin(
  lines: readonly ScalarLine[],
  shown: { x: Range; y?: Range | undefined },
  byStep: boolean,
): AnnotationPlace[] | null {
  const places = new Map<string, AnnotationPlace>();
  for (const line of lines) {
    const found = byStep ? wholeSteps(shown.x) : stepsWithin(line, shown);
    if (!found || places.has(line.experiment)) continue;
    const [step, endStep] = found;
    places.set(line.experiment, { experiment: line.experiment, step, endStep });
  }
  return places.size > 0 ? [...places.values()] : null;
}

function wholeSteps([from, to]: Range): [number, number] | null {
  const [first, last] = [Math.max(0, Math.ceil(from)), Math.floor(to)];
  return first <= last ? [first, last] : null;
}

export function annotateRange(places: readonly AnnotationPlace[]): void {
  annotate({ places, label: "", isPoint: false });
}
