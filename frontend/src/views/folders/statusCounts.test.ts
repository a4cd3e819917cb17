import { expect, test } from "vitest";
import type { ExperimentSummary } from "../../api/messages";
import { countStatuses, sayStatuses } from "./statusCounts";

const all = (...statuses: ExperimentSummary["status"][]) => statuses.map((status) => ({ status }));

test("statuses are counted, those that want somebody's eye first", () => {
  const counts = countStatuses(all("finished", "running", "finished", "unknown", "crashed"));
  expect(counts.map(({ status, count }) => `${count} ${status}`)).toEqual([
    "1 running",
    "1 crashed",
    "2 finished",
  ]);
  expect(sayStatuses(5, counts)).toBe("5 runs: 1 running, 1 crashed, 2 finished");
});

test("where nothing is known of them, nothing is said", () => {
  expect(sayStatuses(1, countStatuses(all("unknown")))).toBe("1 run");
});
