/** Charts of a few labels over some experiments, and the page that has all of them: not in the registry, which is part of the first load. */
export const resultCharts = {
  page: "scalars",
  load: () => import("./scalars/Results.svelte"),
};
