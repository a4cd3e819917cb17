// @vitest-environment jsdom
import { expect, test } from "vitest";
import type { AggregatesAnswer } from "../../api/aggregates";
import type { AggregatesRequest } from "../../api/messages";
import { batchedGroups, type GroupQuestion } from "./groupRequests";

const QUESTION: GroupQuestion = {
  groups: [["a"], ["b", "c"]],
  sight: {
    average: "mean",
    band: "none",
    bins: 0,
    x: "step",
    log_x: false,
    columns: 100,
    smoothing: 0,
    method: "ema",
  },
  range: null,
};

test("labels and expressions of one frame are asked for together, and each gets its own lines", async () => {
  const asked: AggregatesRequest[] = [];
  const load = batchedGroups(
    (request) => {
      asked.push(request);
      const none = new Float64Array();
      const lines = [...request.labels, ...request.expressions].map((label) => ({
        ...{ x: none, average: none, low: none, high: none, n: none },
        head: { group: 1, label, runs: 2, count: 0, sent: 0, missing: 0 },
      }));
      return Promise.resolve({ aggregates: lines } as unknown as AggregatesAnswer);
    },
    () => undefined,
  );
  const { signal } = new AbortController();
  const label = { label: "loss", isExpression: false };
  const expression = { label: "loss - acc", isExpression: true };
  const smoothed = { ...QUESTION, sight: { ...QUESTION.sight, smoothing: 0.5 } };
  const answers = await Promise.all([
    load(label, QUESTION, signal),
    load(expression, QUESTION, signal),
    load(label, smoothed, signal),
  ]);
  const labels = answers.map((lines) => lines.map(({ head }) => head.label));
  expect(labels).toEqual([["loss"], ["loss - acc"], ["loss"]]);
  expect(asked.map((request) => [request.labels, request.expressions, request.smoothing])).toEqual([
    [["loss"], ["loss - acc"], 0],
    [["loss"], [], 0.5],
  ]);
});
