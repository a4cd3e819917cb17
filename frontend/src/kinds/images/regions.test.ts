import { describe, expect, it } from "vitest";
import type { Region } from "../../api/messages";
import { isInRegion, paintedRegions } from "./regions";

/** Two columns of three: the last of the first column and the first two of the second are inside. */
const region: Region = { width: 2, height: 3, counts: [2, 3, 1] };

describe("regions", () => {
  it("says which pixels are inside", () => {
    const inside = [0, 1, 2].map((y) => [0, 1].map((x) => isInRegion(region, x, y)));
    expect(inside).toEqual([
      [false, true],
      [false, true],
      [true, false],
    ]);
    expect([isInRegion(region, -1, 0), isInRegion(region, 2, 0), isInRegion(region, 0, 3)]).toEqual([
      false,
      false,
      false,
    ]);
  });

  it("paints just those", () => {
    const painted = paintedRegions([region], () => [1, 2, 3], 100)!;
    expect([painted.width, painted.height]).toEqual([2, 3]);
    expect([...painted.pixels].filter((_, place) => place % 4 === 3)).toEqual([0, 255, 0, 255, 255, 0]);
    expect([...painted.pixels.slice(4, 8)]).toEqual([1, 2, 3, 255]);
  });

  it("paints large ones smaller, and thin ones at all", () => {
    const large: Region = { width: 1000, height: 1000, counts: [500 * 1000 + 400, 1, 499_599] };
    const painted = paintedRegions([large], () => [9, 9, 9], 10)!;
    expect([painted.width, painted.height]).toEqual([10, 10]);
    expect([...painted.pixels].filter((value) => value === 255)).toHaveLength(1);
  });

  it("stops where the picture ends", () => {
    const wrong: Region = { width: 2, height: 2, counts: [1, 1e12] };
    expect(paintedRegions([wrong], () => [1, 1, 1], 100)!.pixels).toHaveLength(16);
    expect(paintedRegions([], () => [1, 1, 1], 100)).toBeNull();
  });
});
