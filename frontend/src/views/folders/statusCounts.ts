/** How many of some experiments are running, stalled, crashed, ...: as few words as that takes. */
import type { ExperimentSummary } from "../../api/messages";
import { plural } from "../../lib/numbers";

type Status = ExperimentSummary["status"];

/** What wants somebody's eye comes first. */
const ORDER: readonly Status[] = ["running", "stalled", "crashed", "quiet", "finished"];

export interface StatusCount {
  status: Status;
  count: number;
}

export function countStatuses(all: readonly Pick<ExperimentSummary, "status">[]): StatusCount[] {
  const counts = new Map<Status, number>();
  for (const { status } of all) counts.set(status, (counts.get(status) ?? 0) + 1);
  return ORDER.flatMap((status) => {
    const count = counts.get(status) ?? 0;
    return count > 0 ? [{ status, count }] : [];
  });
}

/** `12 runs: 2 running, 10 finished`. */
export function sayStatuses(total: number, counts: readonly StatusCount[]): string {
  const said = counts.map(({ status, count }) => `${count.toLocaleString("en")} ${status}`);
  return plural(total, "run") + (said.length > 0 ? `: ${said.join(", ")}` : "");
}
