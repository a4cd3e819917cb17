/** Annotations as flags of charts. */
import type { Annotation } from "../api/messages";
import { aboutOf } from "../lib/annotationWords";
import type { AnnotatedExperiment } from "../state/annotated.svelte";
import type { Flag } from "./flags";

const NO_AUTHOR = "•";

export function flagOf(
  experiment: AnnotatedExperiment,
  annotation: Annotation,
  place: Pick<Flag, "x" | "end" | "y">,
): Flag {
  return {
    ...place,
    id: `${experiment.id} ${annotation.id}`,
    colour: experiment.colour,
    initial: annotation.author.slice(0, 1).toUpperCase() || NO_AUTHOR,
    text: annotation.text,
    about: () => aboutOf(annotation, experiment.name),
  };
}

/** On an axis of steps, where nothing else is known of the places. */
export function stepFlags(experiments: readonly AnnotatedExperiment[]): Flag[] {
  return experiments.flatMap((experiment) =>
    experiment.annotations.map((annotation) =>
      flagOf(experiment, annotation, { x: annotation.step, end: annotation.end_step, y: null }),
    ),
  );
}

/** How many stand wholly outside a range of the axis. */
export function countOutside(flags: readonly Flag[], [from, to]: readonly [number, number]): number {
  return flags.filter(({ x, end }) => x > to || (end ?? x) < from).length;
}
