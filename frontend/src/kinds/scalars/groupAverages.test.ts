import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { AggregateColumns } from "../../api/aggregates";
import { GroupAverages, type GroupsShown } from "./groupAverages";
import type { GroupQuestion, GroupSight } from "./groupRequests";

const SIGHT: GroupSight = {
  average: "mean",
  band: "deviation",
  bins: 0,
  x: "step",
  log_x: false,
  columns: 100,
  smoothing: 0,
  method: "ema",
};
const shown = (more: Partial<GroupsShown> = {}): GroupsShown => ({
  groups: [["a", "b"]],
  sight: SIGHT,
  zoom: null,
  ...more,
});

let asked: GroupQuestion[];
let told: number;

function columns(count: number, sent = count): AggregateColumns {
  const column = new Float64Array(sent);
  const head = { group: 0, label: "loss", runs: 2, count, sent, missing: 0 };
  return { head, x: column, average: column, low: column, high: column, n: column };
}

function averages(answer = columns(10)): GroupAverages {
  const load = (_part: unknown, question: GroupQuestion) => {
    asked.push(question);
    return Promise.resolve([answer]);
  };
  return new GroupAverages({ label: "loss", isExpression: false }, load, () => told++);
}

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  told = 0;
});
afterEach(() => void vi.useRealTimers());

test("the same question is asked once, another one again", async () => {
  const lines = averages();
  lines.show(shown());
  lines.show(shown());
  await vi.runAllTimersAsync();
  lines.show(shown());
  expect(asked).toHaveLength(1);
  expect([lines.status.state, lines.lines.length, told]).toEqual(["ready", 1, 1]);
  lines.show(shown({ sight: { ...SIGHT, average: "median" } }));
  await vi.runAllTimersAsync();
  expect(asked.map(({ sight }) => sight.average)).toEqual(["mean", "median"]);
});

test("what is zoomed into is asked for if steps were left out", async () => {
  const whole = averages();
  whole.show(shown());
  await vi.runAllTimersAsync();
  whole.show(shown({ zoom: [2, 4] }));
  await vi.runAllTimersAsync();
  expect(asked).toHaveLength(1);

  const cut = averages(columns(1000, 100));
  cut.show(shown());
  await vi.runAllTimersAsync();
  cut.show(shown({ zoom: [200, 400] }));
  await vi.runAllTimersAsync();
  expect(asked.at(-1)).toMatchObject({ range: [100, 500], sight: { columns: 200 } });
  const before = asked.length;
  cut.show(shown({ zoom: [250, 450] }));
  await vi.runAllTimersAsync();
  expect(asked).toHaveLength(before);
});

test("many changes are one further question, and none after the end", async () => {
  const lines = averages();
  lines.show(shown());
  await vi.runAllTimersAsync();
  for (let change = 0; change < 100; change++) lines.refresh();
  await vi.runAllTimersAsync();
  expect(asked).toHaveLength(2);
  lines.refresh();
  lines.close();
  await vi.runAllTimersAsync();
  expect(asked).toHaveLength(2);
});

test("another smoothing alone is waited for; who goes back before the answer gets what was there", async () => {
  const lines = averages();
  lines.show(shown());
  expect(lines.isAwaited).toBe(false);
  await vi.runAllTimersAsync();
  lines.show(shown({ sight: { ...SIGHT, smoothing: 0.5 } }));
  expect(lines.isAwaited).toBe(true);
  lines.show(shown());
  expect(lines.isAwaited).toBe(false);
  await vi.runAllTimersAsync();
  expect([asked.length, told]).toEqual([2, 1]);
  lines.show(shown({ sight: { ...SIGHT, smoothing: 0.5, average: "median" } }));
  expect(lines.isAwaited).toBe(false);
});
