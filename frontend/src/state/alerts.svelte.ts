/** Which alerts there are, and which of them were seen in this browser. */
import { alertsOf, seenOf, type SeenAlerts, type ShownAlert } from "../lib/alerts";
import { experiments } from "./experiments.svelte";
import { Setting } from "./settings.svelte";

const seen = new Setting<SeenAlerts>("seen-alerts", {});

/** What is in the sorted list is as old as its order. */
const telling = $derived(
  experiments.sorted.flatMap(({ id }) => {
    const experiment = experiments.get(id);
    return experiment?.alerts.length ? [experiment] : [];
  }),
);
const all = $derived(alertsOf(telling, seen.value));
const unseen = $derived(all.filter((alert) => !alert.seen));

export const alerts = {
  get all(): readonly ShownAlert[] {
    return all;
  },

  get unseen(): readonly ShownAlert[] {
    return unseen;
  },

  /** All that there are now have been seen. */
  see(): void {
    seen.value = seenOf(telling);
  },
};
