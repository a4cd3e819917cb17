import { expect, test } from "vitest";
import type { ExperimentSummary } from "../api/messages";
import { experimentOf } from "./experiment.fixture";
import { durationOf, startOf } from "./sessions";

const session = (started: number, ended: number | null) => ({
  started,
  ended,
  outcome: "",
  host: "",
  pid: null,
});
const experiment = (part: Partial<ExperimentSummary>) => experimentOf("a", { status: "finished", ...part });

test("the pause between two sessions is not part of the duration", () => {
  expect(durationOf(experiment({ sessions: [session(0, 10), session(100, 105)] }), 1000)).toBe(15);
});

test("a running session lasts until now, a quiet one until its last change", () => {
  const sessions = [session(100, null)];
  expect(durationOf(experiment({ sessions, status: "running", changed: 120 }), 150)).toBe(50);
  expect(durationOf(experiment({ sessions, status: "quiet", changed: 120 }), 150)).toBe(20);
});

test("without sessions nothing is known", () => {
  expect(durationOf(experiment({}), 1000)).toBeNull();
  expect(startOf(experiment({}))).toBeNull();
  expect(startOf(experiment({ sessions: [session(7, null)] }))).toBe(7);
});
