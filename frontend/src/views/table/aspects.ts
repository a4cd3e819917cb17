/**
 * What the table can say of a label's values. A column's key names it: `last:val/loss`, `at:1000:val/loss`; the server
 * knows it as a field of the filter's language (docs/filter.md): `last("val/loss")`.
 */
import { isBetter, type Goal } from "../../lib/labelDefinitions";

export const ASPECTS = ["last", "min", "max", "mean", "best", "argmin", "argmax", "at"] as const;
export type Aspect = (typeof ASPECTS)[number];

export interface LabelAspect {
  label: string;
  aspect: Aspect;
  /** Of `at`. */
  step?: number;
}

interface Words {
  /** Behind the label in a head. */
  title: string;
  /** In a list of aspects. */
  name: string;
  /** In front of "of the scalar ...". */
  about: string;
}

const WORDS: Record<Aspect, Words> = {
  last: { title: "last", name: "Last value", about: "Last value" },
  min: { title: "min", name: "Smallest value", about: "Smallest value" },
  max: { title: "max", name: "Largest value", about: "Largest value" },
  mean: { title: "mean", name: "Mean", about: "Mean of all values" },
  best: { title: "best", name: "Best value", about: "Best value" },
  argmin: { title: "min at step", name: "Step of the smallest", about: "Step of the smallest value" },
  argmax: { title: "max at step", name: "Step of the largest", about: "Step of the largest value" },
  at: { title: "at", name: "Value at a step", about: "Value at step" },
};

export const nameOfAspect = (aspect: Aspect) => WORDS[aspect].name;

export function keyOf({ label, aspect, step = 0 }: LabelAspect): string {
  return aspect === "at" ? `at:${step}:${label}` : `${aspect}:${label}`;
}

/** What a column's key speaks of; null if it is none of a label. */
export function aspectOf(key: string): LabelAspect | null {
  const found = /^([a-z]+):(?:(\d{1,16}):)?/.exec(key);
  const aspect = ASPECTS.find((each) => each === found?.[1]);
  if (!found || !aspect) return null;
  if (aspect !== "at") return { label: key.slice(aspect.length + 1), aspect };
  return found[2] === undefined
    ? null
    : { label: key.slice(found[0].length), aspect, step: Number(found[2]) };
}

export function titleOf({ label, aspect, step }: LabelAspect): string {
  return `${label} ${WORDS[aspect].title}${step === undefined ? "" : ` ${step.toLocaleString("en")}`}`;
}

export function aboutOf({ label, aspect, step }: LabelAspect): string {
  return `${WORDS[aspect].about}${step === undefined ? "" : ` ${step.toLocaleString("en")}`} of the scalar ${label}`;
}

/** Steps are neither good nor bad. */
export function goalOfAspect({ aspect }: LabelAspect, goal: Goal): Goal {
  return aspect === "argmin" || aspect === "argmax" ? "" : goal;
}

/** As the server is asked. `goal`: of the label, which says what its best value is. */
export function fieldOf({ label, aspect, step = 0 }: LabelAspect, goal: Goal): string {
  const name = quoted(label);
  if (aspect === "at") return `at(${name}, ${step})`;
  if (aspect !== "best") return `${aspect}(${name})`;
  return goal === "" ? `best(${name})` : `${goal}(${name})`;
}

export function fieldOfSetting(name: string): string {
  return `config.${quoted(name)}`;
}

function quoted(name: string): string {
  return `"${name.replace(/["\\]/g, "\\$&")}"`;
}

export interface Delta {
  /** This one's value without the baseline's. */
  by: number;
  /** By the column's goal; "": neither, or no goal. */
  verdict: "better" | "worse" | "";
}

/** How far a value lies from the baseline's; null: one of them is no number. */
export function deltaOf(value: unknown, baseline: unknown, goal: Goal): Delta | null {
  if (typeof value !== "number" || typeof baseline !== "number") return null;
  const by = value - baseline;
  if (!Number.isFinite(by)) return null;
  if (goal === "" || by === 0) return { by, verdict: "" };
  return { by, verdict: isBetter(goal, value, baseline) ? "better" : "worse" };
}
