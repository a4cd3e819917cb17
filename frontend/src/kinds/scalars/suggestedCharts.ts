/** Charts that runs bring along, as one's own. Pure. */
import type { SuggestedChart } from "../../api/messages";
import { encodeCharts, NEW_CHART, type CustomChart } from "./customCharts";

/** The suggested ones behind the others, but for those that are there. */
export function withSuggested(
  charts: readonly CustomChart[],
  suggested: readonly SuggestedChart[],
): CustomChart[] {
  const known = new Set(charts.map((chart) => encodeCharts([chart])));
  return [...charts, ...suggested.map(chartOf).filter((chart) => !known.has(encodeCharts([chart])))];
}

function chartOf({ title, category, labels, pattern }: SuggestedChart): CustomChart {
  return { ...NEW_CHART, title: [category, title].filter(Boolean).join(": "), labels, pattern };
}
