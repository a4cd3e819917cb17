import { expect, test } from "vitest";
import { decodeAggregates } from "./aggregates";
import type { AggregateHead } from "./messages";

const aggregateHead = (group: number, sent: number): AggregateHead => ({
  group,
  label: "loss",
  runs: 3,
  count: sent,
  sent,
  missing: 0,
});

function encode(heads: AggregateHead[], numbers: number[]): ArrayBuffer {
  let text = JSON.stringify({ epoch: "e", sequence: 7, aggregates: heads, problems: [] });
  while ((4 + text.length) % 8) text += " ";
  const buffer = new ArrayBuffer(4 + text.length + 8 * numbers.length);
  new DataView(buffer).setUint32(0, text.length, true);
  new Uint8Array(buffer, 4).set(new TextEncoder().encode(text));
  new Float64Array(buffer, 4 + text.length).set(numbers);
  return buffer;
}

test("each line has its five columns", () => {
  const first = [0, 1, 0.5, 0.25, 0.4, NaN, 0.6, NaN, 3, 1];
  const { sequence, aggregates } = decodeAggregates(
    encode([aggregateHead(0, 2), aggregateHead(2, 1)], [...first, 9, 1, 2, 3, 4]),
  );
  expect(sequence).toBe(7);
  expect([...aggregates[0]!.x, ...aggregates[0]!.average]).toEqual([0, 1, 0.5, 0.25]);
  expect([...aggregates[0]!.low, ...aggregates[0]!.high]).toEqual([0.4, NaN, 0.6, NaN]);
  expect([...aggregates[0]!.n]).toEqual([3, 1]);
  expect([aggregates[1]!.head.group, aggregates[1]!.x[0], aggregates[1]!.n[0]]).toEqual([2, 9, 4]);
});

test("an answer that was cut is not shown as data", () => {
  const buffer = encode([aggregateHead(0, 1)], [1, 2, 3, 4, 5]);
  expect(() => decodeAggregates(buffer.slice(0, -8))).toThrow("cut short");
});
