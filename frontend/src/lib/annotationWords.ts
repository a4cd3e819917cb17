/** What is said of an annotation, in words. */
import { formatTime } from "./times";

/** As messages carry it. `end_step`: of a range, inclusive. `time`: Unix seconds, 0 if it is not known. */
export interface Written {
  readonly step: number;
  readonly end_step: number | null;
  readonly label: string;
  readonly author: string;
  readonly time: number;
}

/** Author, time, experiment and place: all that is known of it beside its text. */
export function aboutOf(annotation: Written, experiment: string): string {
  const { author, time } = annotation;
  const about = [author, time > 0 ? formatTime(time) : "", experiment, placeOf(annotation)];
  return about.filter(Boolean).join(" · ");
}

export function placeOf({ step, end_step, label }: Pick<Written, "step" | "end_step" | "label">): string {
  const steps = end_step === null ? `step ${shown(step)}` : `steps ${shown(step)} to ${shown(end_step)}`;
  return label ? `${label}, ${steps}` : steps;
}

function shown(step: number): string {
  return step.toLocaleString("en");
}
