/** Which picture: of which experiment and label, at which step. */
import { decodeStepChoice, type StepChoice } from "./stepChoice";

export interface PictureAddress<Step = number | null> {
  /** An id: without a slash. */
  experiment: string;
  label: string;
  /** null: the picture that belongs to no step. */
  step: Step;
}

/** A picture that somebody looks at: of one step, of none, or always of the latest. */
export type ChosenPicture = PictureAddress<StepChoice | null>;

const NO_STEP = "global";

/** One word, for addresses and keys: `experiment/step/label`. */
export function encodePicture({ experiment, step, label }: ChosenPicture): string {
  return `${experiment}/${step ?? NO_STEP}/${label}`;
}

export function decodePicture(word: string): ChosenPicture | undefined {
  const found = /^([^/]+)\/([^/]+)\/(.+)$/su.exec(word);
  if (!found) return undefined;
  const [, experiment = "", stepWord = "", label = ""] = found;
  const step = stepWord === NO_STEP ? null : decodeStepChoice(stepWord);
  return step === undefined ? undefined : { experiment, label, step };
}
