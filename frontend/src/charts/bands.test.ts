import { expect, test } from "vitest";
import { traceBand } from "./bands";
import type { Line, Scale } from "./lines";

const x: Scale = { range: [0, 10], log: false, from: 0, to: 10 };
const y: Scale = { range: [1, 100], log: false, from: 100, to: 1 };

function outline(low: number[], high: number[], scale = y): string {
  const line: Line = {
    name: "group",
    colour: "#000",
    x: Float64Array.from(low.keys()),
    y: Float64Array.from(low),
    band: { low: Float64Array.from(low), high: Float64Array.from(high) },
    smoothed: null,
    length: low.length,
    origin: 0,
    segments: [],
    sorted: true,
  };
  let drawn = "";
  const draw = (how: string) => (atX: number, atY: number) => (drawn += `${how}${atX},${Math.round(atY)}`);
  traceBand(line, x, scale, { moveTo: draw("M"), lineTo: draw("L") });
  return drawn;
}

test("along the upper edge, and back along the lower one", () => {
  expect(outline([1, 2], [3, 4])).toBe("M0,98L1,97L1,99L0,100");
});

test("where there is none, it ends, and begins anew", () => {
  expect(outline([1, NaN, 3], [2, NaN, 4])).toBe("M0,99L0,100M2,97L2,98");
});

test("what a logarithmic axis cannot show of it ends at the lower end", () => {
  expect(outline([-5], [10], { ...y, log: true })).toBe("M0,51L0,100");
});
