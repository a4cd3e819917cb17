/** What is odd about an experiment, in sentences: what a person would want to be told of it first. */
import type { ExperimentSummary, Problem, ScalarLabel } from "../../api/messages";
import { toNumber } from "../../lib/numbers";

export interface Oddity {
  text: string;
  /** The label of a scalar that shows it; "" if none does. */
  label: string;
  bad: boolean;
}

/** More labels than that are counted only. */
const MOST_NAMED = 3;

export function odditiesOf(
  experiment: ExperimentSummary,
  scalars: Iterable<ScalarLabel>,
  problems: readonly Problem[],
): Oddity[] {
  const found: Oddity[] = [];
  const say = (text: string, label = "", bad = false) => void found.push({ text, label, bad });
  if (experiment.status === "stalled")
    say("It runs, but has written nothing for much longer than usual.", "", true);
  const ends = [...scalars].filter(({ last_value }) => !Number.isFinite(toNumber(last_value)));
  for (const { label, last_value, last_step } of ends.slice(0, MOST_NAMED))
    say(`${label} is ${shown(last_value)} at step ${last_step.toLocaleString("en")}.`, label, true);
  if (ends.length > MOST_NAMED)
    say(`${ends.length - MOST_NAMED} other labels end in what is no number.`, "", true);
  const { sessions } = experiment;
  if (sessions.length > 1) {
    const crashed = sessions.filter(({ outcome }) => outcome !== "" && outcome !== "finished").length;
    const of = crashed ? `, ${crashed} of them ended with an error` : "";
    say(`It was started ${sessions.length} times${of}.`, "", false);
  }
  const hosts = new Set(sessions.map(({ host }) => host).filter(Boolean));
  if (hosts.size > 1) say(`It ran on ${hosts.size} hosts: ${[...hosts].join(", ")}.`);
  if (problems.length === 1) say(`${problems[0]!.path}: ${problems[0]!.reason}`, "", true);
  else if (problems.length > 1) say(`${problems.length} of its files cannot be shown wholly.`, "", true);
  return found;
}

function shown(value: ScalarLabel["last_value"]): string {
  const number = toNumber(value);
  if (Number.isNaN(number)) return "NaN";
  return number > 0 ? "infinite" : "minus infinite";
}
