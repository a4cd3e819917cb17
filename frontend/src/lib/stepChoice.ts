/** Which step somebody wants to see: one, or always the newest. */
import { hasStep, lastStep, nearestStep, positionOf, stepAt, countSteps, type Runs } from "./steps";

export type StepChoice = number | "latest";

export interface ShownStep {
  /** null: the item that belongs to no step. */
  step: number | null;
  /** It is what was asked for, not just the nearest there is. */
  exact: boolean;
}

/** What is shown of an item with these steps; null if it has none. */
export function shownStep(steps: Runs, hasGlobal: boolean, wanted: StepChoice): ShownStep | null {
  const step = wanted === "latest" ? lastStep(steps) : nearestStep(steps, wanted);
  if (step !== null) return { step, exact: wanted === "latest" || hasStep(steps, wanted) };
  return hasGlobal ? { step: null, exact: true } : null;
}

/** The step so many places further; at either end that one. null if there are none. */
export function stepBeside(steps: Runs, from: StepChoice, places: number): number | null {
  const last = countSteps(steps) - 1;
  const at = from === "latest" ? last : positionOf(steps, from);
  // Between two steps, the one before is shown: one back from there is that one's predecessor, like everywhere.
  return stepAt(steps, Math.min(last, Math.max(0, at + places)));
}

export function encodeStepChoice(choice: StepChoice): string {
  return String(choice);
}

export function decodeStepChoice(text: string): StepChoice | undefined {
  if (text === "latest") return "latest";
  return /^\d+$/.test(text) ? Number(text) : undefined;
}
