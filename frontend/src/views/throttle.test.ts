import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Throttle } from "./throttle";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("the first call is at once, those in the pause are one after it", () => {
  const action = vi.fn();
  const throttle = new Throttle(action, 100);
  throttle.ask();
  expect(action).toHaveBeenCalledTimes(1);
  throttle.ask();
  throttle.ask();
  vi.advanceTimersByTime(100);
  expect(action).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(1000);
  expect(action).toHaveBeenCalledTimes(2);
  throttle.ask();
  expect(action).toHaveBeenCalledTimes(3);
});

test("nothing comes after the end", () => {
  const action = vi.fn();
  const throttle = new Throttle(action, 100);
  throttle.ask();
  throttle.ask();
  throttle.stop();
  vi.advanceTimersByTime(1000);
  expect(action).toHaveBeenCalledTimes(1);
});
