import type { ExperimentSummary } from "../api/messages";
import { currentOf, describeProgress, explainProgress } from "../state/progress";
import { formatAgo, formatTime } from "../lib/times";

/** What an experiment's status is called, and what is known beside it. */
export function describeStatus(experiment: ExperimentSummary, now: number): { word: string; detail: string } {
  const session = experiment.sessions.at(-1);
  const ended = session?.ended ?? null;
  switch (experiment.status) {
    case "running": {
      const bar = currentOf(experiment.progress);
      return {
        word: bar ? describeProgress(bar, now) : "running",
        detail: [
          `Running since ${formatTime(session?.started ?? experiment.changed)}`,
          ...loopsOf(experiment),
        ].join("\n"),
      };
    }
    case "stalled":
      return {
        word: "stalled",
        detail: [
          "Stalled: it runs, but has written nothing for much longer than usual",
          ...loopsOf(experiment),
        ].join("\n"),
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

/** Its loops that go on, a line each. */
function loopsOf({ progress }: ExperimentSummary): string[] {
  return progress.filter(({ ended }) => !ended).map(explainProgress);
}
