import type { ExperimentSummary } from "../api/messages";

/** When the experiment was first started, Unix seconds; null if it does not say. */
export function startOf({ created, sessions }: ExperimentSummary): number | null {
  return created ?? sessions[0]?.started ?? null;
}

/** Whether its script runs, as far as is known: one that has stalled runs, too. */
export function isRunning({ status }: Pick<ExperimentSummary, "status">): boolean {
  return status === "running" || status === "stalled";
}

/** How long its sessions took together, in seconds; one that has not ended counts up to the last sign of life. */
export function durationOf({ sessions, status, changed }: ExperimentSummary, now: number): number | null {
  if (sessions.length === 0) return null;
  return sessions.reduce((sum, { started, ended }, index) => {
    const runs = isRunning({ status }) && index === sessions.length - 1;
    return sum + Math.max(0, (ended ?? (runs ? now : Math.max(started, changed))) - started);
  }, 0);
}
