/** For tests: an experiment of which nothing is known but its name. */
import type { ExperimentSummary } from "../api/messages";

export function experimentOf(name: string, part: Partial<ExperimentSummary> = {}): ExperimentSummary {
  return {
    id: name,
    progress: [],
    name,
    changed: 0,
    details: true,
    status: "unknown",
    created: null,
    sessions: [],
    tags: [],
    config: {},
    git_commit: "",
    kinds: [],
    title: "",
    starred: false,
    archived: false,
    labels: [],
    marks: "",
    notes: "",
    annotations: "",
    identity: "",
    is_foreign: false,
    colour: "",
    source: "",
    read_files: [],
    alerts: [],
    charts: [],
    hears: [],
    ...part,
  };
}
