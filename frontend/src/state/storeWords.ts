/** How an object store answers that a root is in, in a line. */
import type { StoreHealth } from "../api/messages";
import { formatDuration, formatTime } from "../lib/times";

/** Its state, what it costs, and how much of it there is. */
export function storeWords(store: StoreHealth): string {
  const state =
    store.unreachable_since > 0
      ? `unreachable since ${formatTime(store.unreachable_since)}`
      : `listed every ${formatDuration(store.interval_s)}`;
  const most = store.most_requests > 0 ? ` of at most ${store.most_requests}` : "";
  return `${state}, ${store.requests}${most} requests a minute, ${store.objects} objects`;
}
