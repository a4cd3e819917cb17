import { expect, test } from "vitest";
import { afterLines, textOf, type FoldedFigure } from "./figure";

const BASE =
  '{"data": [{"name": "a", "x": [1], "marker": {"color": ["red"]}}, {"name": "b"}], "layout": {"title": "T"}}';
const MAP = '{"data": [{"z": [[1], [2]], "y": ["p", "q"]}]}';

const after = (...lines: string[]) => afterLines(null, lines.map((line) => `${line}\n`).join(""))!;
const trace = (...lines: string[]) => after(...lines).data[0]!;

test.each([
  [BASE, '{"trace": 0, "append": {"x": [3]}}', { x: [1, 3] }],
  [BASE, '{"trace": "a", "append": {"x": [NaN], "y": ["NaN"]}}', { x: [1, null], y: ["NaN"] }],
  [BASE, '{"trace": "a", "append": {"marker": {"color": ["blue"]}}}', { marker: { color: ["red", "blue"] } }],
  [BASE, '{"trace": "a", "set": {"x": [9]}}', { x: [9] }],
  [MAP, '{"trace": 0, "append": {"z": [[3]], "y": ["r"]}}', { z: [[1], [2], [3]], y: ["p", "q", "r"] }],
  [MAP, '{"trace": 0, "prepend": {"z": [[0]]}}', { z: [[0], [1], [2]] }],
  [
    MAP,
    '{"trace": 0, "append_each": {"z": [[5], [6]]}}',
    {
      z: [
        [1, 5],
        [2, 6],
      ],
    },
  ],
  [
    MAP,
    '{"trace": 0, "prepend_each": {"z": [[5], [6]]}}',
    {
      z: [
        [5, 1],
        [6, 2],
      ],
    },
  ],
])("a line changes one trace: %s %s", (base, line, changed) => {
  expect(trace(base, line)).toEqual({ ...trace(base), ...changed });
});

test("traces come and go, the layout changes, a new figure takes the place of all", () => {
  const lines = [BASE, '{"add": {"name": "c"}}', '{"remove": "a"}', '{"layout": {"title": "New"}}'];
  expect(after(...lines)).toEqual({ data: [{ name: "b" }, { name: "c" }], layout: { title: "New" } });
  expect(after(...lines, MAP)).toEqual({ ...(JSON.parse(MAP) as FoldedFigure), layout: {} });
});

test.each([
  '{"trace": 0, "append": {"x": [3]',
  "[1]",
  '{"trace": 7, "append": {"x": [3]}}',
  '{"trace": 0, "append": {"name": [3]}}',
  '{"trace": 0, "append": {"x": 3}}',
  '{"trace": 0, "append_each": {"x": [[3]]}}',
  '{"remove": "c"}',
  '{"add": 1}',
])("a line that is none changes nothing: %s", (line) => {
  expect(after(BASE, line, '{"trace": 0, "append": {"x": [4]}}').data[0]!["x"]).toEqual([1, 4]);
});

test("it grows by what was read later, and is then another object", () => {
  const before = after(BASE);
  const grown = afterLines(before, '{"trace": 0, "append": {"x": [2]}}\n');
  expect(grown).not.toBe(before);
  expect(grown!.data[0]!["x"]).toEqual([1, 2]);
  expect(JSON.parse(textOf(grown!))).toEqual(grown);
  expect(afterLines(null, '{"trace": 0}\n')).toBeNull();
});
