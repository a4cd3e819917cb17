import type { ExperimentSummary } from "../api/messages";
import { formatAgo, formatTime } from "./times";

/** What an experiment's status is called, and what is known beside it. */
export function describeStatus(experiment: ExperimentSummary, now: number): { word: string; detail: string } {
  const session = experiment.sessions.at(-1);
  const ended = session?.ended ?? null;
  switch (experiment.status) {
    case "running":
      return {
        word: "running",
        detail: `Running since ${formatTime(session?.started ?? experiment.changed)}`,
      };
    case "finished":
      return { word: "finished", detail: ended === null ? "Finished" : `Finished ${formatTime(ended)}` };
    case "crashed": {
      const outcome = session?.outcome ? `\n${session.outcome}` : "";
      return {
        word: "crashed",
        detail: `Crashed ${ended === null ? "" : formatTime(ended)}`.trim() + outcome,
      };
    }
    case "quiet": {
      const since = formatAgo(experiment.changed, now);
      return {
        word: `quiet, ${since}`,
        detail: `Quiet: not ended, but nothing new since ${formatTime(experiment.changed)}`,
      };
    }
    case "unknown":
      return { word: "", detail: `Last change ${formatTime(experiment.changed)}` };
  }
}
