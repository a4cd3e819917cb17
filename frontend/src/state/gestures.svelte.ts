/**
 * What scripts asked to hear of beside forms (`Logger.on_event(..., gestures=True)`): keys, clicks, selections. Whether
 * one hears of an item, and the telling.
 */
import type { PageEvent } from "../api/messages";
import { editing } from "./editing.svelte";
import { experiments } from "./experiments.svelte";
import { isRunning } from "./sessions";
import { tellingOf } from "./telling.svelte";

/** An item, whatever its kind. */
export interface Target {
  experiment: string;
  label: string;
  step?: number | null;
}

export type Gesture = Omit<PageEvent, "label" | "step" | "field">;

/** "gone": a script asked, and does not run any more. "no": none asked, or whoever looks may not edit. */
export function hearingOf({ experiment, label }: Target): "no" | "yes" | "gone" {
  const row = experiments.get(experiment);
  const isAsked = row?.hears.some((heard) => heard === "" || heard === label);
  if (!row || !isAsked || !editing.allows(experiment)) return "no";
  return isRunning(row) ? "yes" : "gone";
}

/** Whether a script hears of it. */
export function tellGesture(target: Target, gesture: Gesture): boolean {
  if (hearingOf(target) !== "yes") return false;
  const { experiment, label, step } = target;
  tellingOf(experiment).tell({ ...gesture, label, ...(step === undefined ? {} : { step }) });
  return true;
}
