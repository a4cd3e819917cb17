import { expect, test } from "vitest";
import type { AggregateColumns } from "../../api/aggregates";
import { pointsUpTo } from "../../charts/hover";
import { copiedGroups, groupRows, keyOfAverage, lineOfGroup } from "./groupLines";

const x = { range: [0, 10] as const, log: false, from: 0, to: 100 };
const y = { range: [0, 10] as const, log: false, from: 100, to: 0 };
const group = (title: string) => ({ title, key: [], experiments: ["a", "b"], spreads: [] });

function columns(steps: number[], count = steps.length): AggregateColumns {
  const column = (add: number) => Float64Array.from(steps, (step) => step + add);
  const head = { group: 0, label: "loss", runs: 2, count, sent: steps.length, missing: 0 };
  return { head, x: column(0), average: column(1), low: column(0.5), high: column(1.5), n: column(2) };
}

function rowsOf(all: Record<string, AggregateColumns>, at: number, exact?: Map<string, AggregateColumns>) {
  const lines = Object.entries(all).map(([title, each]) => lineOfGroup(each, group(title), "#000"));
  const points = pointsUpTo(lines, { x, y }, { x: at * 10, y: 0 }, at);
  return groupRows({ place: { x: 0, y: 0 }, at, points, nearest: points[0]! }, exact ?? null, "name");
}

test("each group says its average, its band and of how many experiments", () => {
  const rows = rowsOf({ one: columns([0, 1, 2]), two: columns([0, 1]) }, 2);
  expect(rows.map(({ average, low, high, n }) => [average, low, high, n])).toEqual([
    [3, 2.5, 3.5, 4],
    [2, 1.5, 2.5, 3],
  ]);
  expect(rows.map(({ isAside }) => isAside)).toEqual([false, true]);
  expect(copiedGroups(rows).split("\n")[1]).toBe("one\tloss\t2\t3\t2.5\t3.5\t4");
});

test("of steps that are not drawn the server is believed", () => {
  const drawn = { cut: columns([0, 4], 5) };
  expect(rowsOf(drawn, 3)[0]).toMatchObject({ average: 1, isExact: false });
  const exact = new Map([[keyOfAverage({ group: "cut", label: "loss" }), columns([2, 3, 4])]]);
  expect(rowsOf(drawn, 3, exact)[0]).toMatchObject({ average: 4, x: 3, isExact: true, isAside: false });
});
