/** Charts of a few labels over some experiments, and the page that has all of them: not in the registry, which is part of the first load. */
import type { SuggestedChart } from "../api/messages";

export const resultCharts = {
  page: "scalars",
  load: () => import("./scalars/Results.svelte"),
  /** Shows them on that page, beside those that are there. */
  open: async (charts: readonly SuggestedChart[]) =>
    (await import("./scalars/openSuggested")).openSuggested(charts),
};
