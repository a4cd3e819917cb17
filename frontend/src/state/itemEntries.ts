/** The items that a label stands for: of each experiment those with a step, of which one is shown, and the one without. */
import type { ItemPlace } from "../lib/itemPlace";
import { shownStep, type StepChoice } from "../lib/stepChoice";
import { unionOf, type Runs } from "../lib/steps";
import { catalogues } from "./catalogues.svelte";
import type { LabelRow } from "./labelRows.svelte";

export interface ItemEntry {
  label: string;
  experiment: string;
  /** The one that belongs to no step. */
  global: boolean;
}

export function entriesOf(kind: string, { label, experiments }: LabelRow): ItemEntry[] {
  return experiments.flatMap((experiment) => {
    const { steps, hasGlobal } = catalogues.info(experiment, kind, label);
    return [
      ...(steps.length > 0 ? [{ label, experiment, global: false }] : []),
      ...(hasGlobal ? [{ label, experiment, global: true }] : []),
    ];
  });
}

export function keyOfEntry({ label, experiment, global }: ItemEntry): string {
  return `${experiment}${global ? "::" : ":"}${label}`;
}

/** The item that is shown of an entry when this step is chosen. */
export function placeOfEntry(
  kind: string,
  { label, experiment, global }: ItemEntry,
  chosen: StepChoice,
): ItemPlace {
  const { steps } = catalogues.info(experiment, kind, label);
  const shown = (global ? null : shownStep(steps, false, chosen)) ?? { step: null, exact: true };
  const isLater = catalogues.isLater(experiment, kind, label, shown.step);
  return { experiment, label, ...shown, isLater };
}

/** Every step at which one of these labels has an item. */
export function stepsOfRows(kind: string, rows: readonly LabelRow[]): Runs {
  return unionOf(
    rows.flatMap(({ label, experiments }) =>
      experiments.map((experiment) => catalogues.info(experiment, kind, label).steps),
    ),
  );
}
