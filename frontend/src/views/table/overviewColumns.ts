/** The columns of what is known of each experiment. */
import { formatAgo, formatDuration, formatTime } from "../../lib/times";
import { shownName } from "../../state/experiments.svelte";
import { durationOf, startOf } from "../../state/sessions";
import { column, type Column } from "./tableColumn";

export const NAME: Column = {
  ...column("name", "Name", "Experiment", shownName),
  width: 320,
};

/** What is known of every experiment. */
export const KNOWN_COLUMNS: readonly Column[] = [
  { ...column("status", "Status", "Experiment", (experiment) => experiment.status), width: 160 },
  time("started", "Started", (experiment) => startOf(experiment)),
  {
    ...column("duration", "Duration", "Experiment", durationOf),
    numeric: true,
    measured: true,
    width: 104,
    show: (value) => (typeof value === "number" ? formatDuration(value) : ""),
    exact: (value) => (typeof value === "number" ? `${value.toFixed(3)} s` : ""),
  },
  {
    // Of a row that has only its name so far it is 0.
    ...time("changed", "Last change", (experiment) => experiment.changed || null),
    width: 116,
    show: (value, now) => (typeof value === "number" ? formatAgo(value, now) : ""),
  },
  {
    ...column("tags", "Tags", "Experiment", (experiment) => experiment.tags.join(", ") || null),
    width: 200,
  },
  column("notes", "Notes", "Experiment", (experiment) => (experiment.notes ? "notes" : null)),
  column("starred", "Starred", "Experiment", (experiment) => (experiment.starred ? "starred" : null)),
  column("host", "Host", "Experiment", (experiment) => experiment.sessions.at(-1)?.host || null),
  {
    ...column(
      "outcome",
      "Outcome",
      "Experiment",
      (experiment) => experiment.sessions.at(-1)?.outcome || null,
    ),
    width: 200,
  },
  {
    ...column("sessions", "Sessions", "Experiment", (experiment) => experiment.sessions.length),
    numeric: true,
  },
  {
    ...column("commit", "Commit", "Experiment", (experiment) => experiment.git_commit || null),
    show: (value) => String(value ?? "").slice(0, 10),
  },
  column("source", "Source", "Experiment", (experiment) => experiment.source || null),
];

/** Shown at first, behind results and settings. */
export const FIRST_FACTS: readonly string[] = ["duration", "started", "changed", "tags"];

function time(key: string, title: string, value: Column["value"]): Column {
  return {
    ...column(key, title, "Experiment", value),
    numeric: true,
    width: 164,
    show: (cell) => (typeof cell === "number" ? formatTime(cell) : ""),
    exact: (cell) => (typeof cell === "number" ? formatTime(cell) : ""),
  };
}
