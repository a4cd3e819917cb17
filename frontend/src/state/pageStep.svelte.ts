/** The step that all pages look at: their pictures, texts and charts, and results of the table. */
import { decodeStepChoice, encodeStepChoice, type StepChoice } from "../lib/stepChoice";
import { Parameter } from "./view.svelte";

export const pageStep = new Parameter<StepChoice>("step", "latest", {
  decode: decodeStepChoice,
  encode: encodeStepChoice,
});
