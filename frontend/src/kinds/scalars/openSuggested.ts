/** Shows charts that runs bring along on the page of scalars, which has them in its address from then on. */
import type { SuggestedChart } from "../../api/messages";
import { showPage } from "../../state/view.svelte";
import { encodeCharts } from "./customCharts";
import { withSuggested } from "./suggestedCharts";
import { customCharts } from "./view.svelte";

export function openSuggested(suggested: readonly SuggestedChart[]): void {
  showPage("scalars", { "scalars.charts": encodeCharts(withSuggested(customCharts.value, suggested)) });
}
