/** The page of one experiment, and that of a comparison of several: where they are. */
import { encodeIds } from "../lib/comparedIds";
import { addressOfPage, showPage } from "./view.svelte";

export const EXPERIMENT_PAGE = "experiment";
export const COMPARE_PAGE = "compare";

export function addressOfExperiment(id: string): string {
  return addressOfPage(EXPERIMENT_PAGE, { "experiment.at": id });
}

export function openExperiment(id: string): void {
  showPage(EXPERIMENT_PAGE, { "experiment.at": id });
}

export function openComparison(ids: readonly string[]): void {
  showPage(COMPARE_PAGE, { "compare.at": encodeIds(ids) });
}
