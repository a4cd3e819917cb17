/** The settings of experiments, flat. */
import type { ExperimentSummary } from "../api/messages";
import { flatten, type Cell } from "../lib/cells";
import { compareNatural } from "../lib/natural";

/** A row is another object whenever its settings are others. */
const known = new WeakMap<ExperimentSummary, ReadonlyMap<string, Cell>>();

/** By name, `model.depth` for nested ones. */
export function configOf(experiment: ExperimentSummary): ReadonlyMap<string, Cell> {
  let cells = known.get(experiment);
  if (!cells) known.set(experiment, (cells = flatten(experiment.config)));
  return cells;
}

/** Settings that are not the same in all of these, in natural order. One that some do not have differs, too. */
export function differingSettings(all: readonly ExperimentSummary[]): string[] {
  const found = new Map<string, { first: Cell; count: number; differs: boolean }>();
  for (const experiment of all)
    for (const [name, value] of configOf(experiment)) {
      const seen = found.get(name);
      if (!seen) found.set(name, { first: value, count: 1, differs: false });
      else {
        seen.count++;
        seen.differs ||= !Object.is(seen.first, value);
      }
    }
  return [...found]
    .filter(([, { count, differs }]) => differs || count < all.length)
    .map(([name]) => name)
    .sort(compareNatural);
}
