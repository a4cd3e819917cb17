// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { cancelFrame, inFrame } from "./frames";

beforeEach(() => vi.useFakeTimers({ toFake: ["requestAnimationFrame", "performance"] }));
afterEach(() => {
  vi.runAllTimers();
  vi.useRealTimers();
});

test("work asked for twice is done once, in the next frame", () => {
  const work = vi.fn(() => 1);
  inFrame(work);
  inFrame(work);
  expect(work).not.toHaveBeenCalled();
  vi.advanceTimersToNextFrame();
  vi.advanceTimersToNextFrame();
  expect(work).toHaveBeenCalledTimes(1);
});

test("much work is spread over frames, first come, first served", () => {
  const done: number[] = [];
  for (let index = 0; index < 40; index++) {
    inFrame(() => {
      done.push(index);
      return 5000;
    });
  }
  vi.advanceTimersToNextFrame();
  const first = done.length;
  expect(first).toBeGreaterThan(0);
  expect(first).toBeLessThan(10);
  for (let frame = 0; frame < 30; frame++) vi.advanceTimersToNextFrame();
  expect(done).toEqual([...Array(40).keys()]);
});

test("a single large piece is done all the same", () => {
  const work = vi.fn(() => 1e9);
  inFrame(work);
  vi.advanceTimersToNextFrame();
  expect(work).toHaveBeenCalledTimes(1);
});

test("work that was given up is not done", () => {
  const work = vi.fn(() => 1);
  inFrame(work);
  cancelFrame(work);
  vi.advanceTimersToNextFrame();
  expect(work).not.toHaveBeenCalled();
});
