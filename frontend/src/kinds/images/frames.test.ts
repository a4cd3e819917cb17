import { describe, expect, it } from "vitest";
import type { LabelInfo } from "../../state/catalogues.svelte";
import { framesAhead, framesOf, nextFrame } from "./frames";

const global: LabelInfo = { steps: [], hasGlobal: true };
const stepped: LabelInfo = { steps: [[10, 3, 10]], hasGlobal: false };
const labels = new Map<string, LabelInfo>([
  ["frames/f10", global],
  ["frames/f2", global],
  ["frames/f1", global],
  ["frames/deep/f3", global],
  ["frames/seen", stepped],
  ["alone/x", global],
]);
const picture = (label: string, step: number | "latest" | null) => ({ experiment: "run", label, step });

describe("frames", () => {
  it("are the steps of a label", () => {
    const frames = framesOf(picture("frames/seen", 20), labels);
    expect(frames).toMatchObject({ of: "steps", count: 3, position: 1 });
    expect(frames?.at(2)).toEqual(picture("frames/seen", 30));
    expect(framesOf(picture("frames/seen", "latest"), labels)?.position).toBe(2);
  });

  it("are the pictures of a folder, in the order of their numbers", () => {
    const frames = framesOf(picture("frames/f2", null), labels);
    expect(frames).toMatchObject({ of: "folder", count: 3, position: 1 });
    expect([0, 1, 2].map((index) => frames?.at(index).label)).toEqual([
      "frames/f1",
      "frames/f2",
      "frames/f10",
    ]);
  });

  it("are none where there is one picture", () => {
    expect(framesOf(picture("alone/x", null), labels)).toBeNull();
    expect(framesOf(picture("gone", 3), labels)).toBeNull();
  });

  it("end, or begin again", () => {
    expect(nextFrame({ count: 3, position: 1 }, false)).toBe(2);
    expect(nextFrame({ count: 3, position: 2 }, false)).toBeNull();
    expect(nextFrame({ count: 3, position: 2 }, true)).toBe(0);
  });

  it("are read ahead, each once", () => {
    const frames = { of: "steps", count: 3, position: 1, at: () => picture("x", 1) } as const;
    expect(framesAhead(frames, true, 4)).toEqual([2, 0]);
    expect(framesAhead(frames, false, 4)).toEqual([2]);
  });
});
