/** What people wrote to the experiments on a page, with what is shown of these. */
import type { Annotation } from "../api/messages";
import { annotations } from "./annotations.svelte";
import { colourOf } from "./colours.svelte";
import { experiments } from "./experiments.svelte";

/** Of one experiment on the page. */
export interface AnnotatedExperiment {
  id: string;
  name: string;
  colour: string;
  annotations: readonly Annotation[];
}

/** Those of the experiments that have any. */
export function annotatedExperiments(ids: readonly string[]): AnnotatedExperiment[] {
  return ids
    .map((id) => ({
      id,
      name: experiments.nameOf(id),
      colour: colourOf(id),
      annotations: annotations.of(id),
    }))
    .filter((experiment) => experiment.annotations.length > 0);
}

/** As `annotatedExperiments`, the same list as before as long as it says the same: a chart is not drawn anew for it. */
export function steadyAnnotated(): (ids: readonly string[]) => readonly AnnotatedExperiment[] {
  let last: readonly AnnotatedExperiment[] = [];
  return (ids) => {
    const found = annotatedExperiments(ids);
    const isSame = found.length === last.length && found.every((each, index) => isEqual(each, last[index]!));
    return isSame ? last : (last = found);
  };
}

function isEqual(a: AnnotatedExperiment, b: AnnotatedExperiment): boolean {
  return a.id === b.id && a.name === b.name && a.colour === b.colour && a.annotations === b.annotations;
}
