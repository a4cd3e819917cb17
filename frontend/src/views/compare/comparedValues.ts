/** What several experiments are compared by, beside their settings: values by name, as they are shown. */
import type { CommandContent, ExperimentSummary, ScalarLabel } from "../../api/messages";
import { argumentsOf, describeValue } from "../../frame/command";
import { formatCell } from "../../lib/cells";
import { toNumber } from "../../lib/numbers";
import { formatDuration, formatTime } from "../../lib/times";
import { startOf } from "../../state/sessions";

export type Values = ReadonlyMap<string, string>;

/** Where and when it ran. */
export function environmentOf(experiment: ExperimentSummary): Values {
  const last = experiment.sessions.at(-1);
  const started = startOf(experiment);
  const hosts = [...new Set(experiment.sessions.map(({ host }) => host).filter(Boolean))];
  return ofEntries({
    status: experiment.status === "unknown" ? "" : experiment.status,
    outcome: last?.outcome ?? "",
    tags: experiment.tags.join(", "),
    commit: experiment.git_commit.slice(0, 10),
    host: hosts.join(", "),
    sessions: String(experiment.sessions.length || ""),
    started: started === null ? "" : formatTime(started),
    duration: last?.ended ? formatDuration(last.ended - last.started) : "",
  });
}

/** The last value of each scalar. */
export function resultsOf(labels: ReadonlyMap<string, ScalarLabel>): Values {
  return new Map([...labels].map(([label, { last_value }]) => [label, formatCell(toNumber(last_value))]));
}

/** The arguments of a command by their names. */
export function commandValues(command: CommandContent | null): Values {
  if (!command) return new Map();
  return new Map([
    ["program", [command.bin, command.script].filter(Boolean).join(" ")],
    ...argumentsOf(command, {}).map(({ option, value }): [string, string] => [
      option.name,
      describeValue(value),
    ]),
  ]);
}

function ofEntries(entries: Record<string, string>): Values {
  return new Map(Object.entries(entries).filter(([, value]) => value !== ""));
}
