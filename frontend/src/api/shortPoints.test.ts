import { expect, test } from "vitest";
import type { PointsAdded } from "./messages";
import { ShortPoints } from "./shortPoints";

/** As `tests/server/live/test_packed_points.py` has it: two labels of one writer at the steps 300 and 301. */
const SHORT =
  "01f8ac02" +
  "02" +
  "ac020000000000408f40" +
  "ad020000000000448f40" +
  "02" +
  "07ac02000" +
  "2000000000000e03f000000000000f87f" +
  "c801050101000000000000f03f";

const LONG: PointsAdded = {
  type: "points",
  sequence: 38520,
  experiment: "run",
  series: [
    {
      label: "loss",
      identity: "a",
      first: 300,
      steps: [300, 301],
      times: [1000, 1000.5],
      values: [0.5, NaN],
    },
    { label: "lr", identity: "b", writer: "1", first: 5, steps: [301], times: [1000.5], values: [1] },
  ],
};

function told(): ShortPoints {
  const short = new ShortPoints();
  const [loss, lr] = LONG.series;
  short.learn({
    ...LONG,
    series: [
      { ...loss!, number: 7 },
      { ...lr!, number: 200 },
    ],
  });
  return short;
}

function bytes(hex: string): ArrayBuffer {
  return Uint8Array.from(hex.match(/../g)!, (byte) => parseInt(byte, 16)).buffer;
}

test("what is short says what the long message does", () => {
  expect(told().read(bytes(SHORT))).toEqual(LONG);
});

test("a series that was not told, another form and a cut message are errors", () => {
  expect(() => new ShortPoints().read(bytes(SHORT))).toThrow("not told");
  expect(() => told().read(bytes("02"))).toThrow("form");
  expect(() => told().read(bytes(SHORT.slice(0, -2)))).toThrow();
});
