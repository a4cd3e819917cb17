/** What may be said of how late a change is seen: never more than the page and the server know. */
import type { Health } from "../api/messages";
import { formatDuration } from "../lib/times";
import type { FeedState } from "../api/feed";

/** A page that polls asks so often. */
const POLL_S = 1;

export interface Freshness {
  /** What stands behind "Changes are seen". */
  readonly seen: string;
  /** Seconds until a change is seen at the latest; 0: at once; null: nobody knows. */
  readonly delay_s: number | null;
}

export function freshness(state: FeedState | "gone", health: Health | null): Freshness {
  if (state !== "live" && state !== "polling") return { seen: "not now", delay_s: null };
  if (!health?.root_present) return { seen: "not now", delay_s: null };
  if (health.delay_s === null) return { seen: "not always: a look has failed", delay_s: null };
  const delay_s = health.delay_s + (state === "polling" ? POLL_S : 0);
  return { seen: delay_s > 0 ? `after at most ${formatDuration(delay_s)}` : "at once", delay_s };
}
