// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Redraws } from "./redraws";

beforeEach(() => vi.useFakeTimers({ toFake: ["requestAnimationFrame", "performance"] }));
afterEach(() => {
  vi.runAllTimers();
  vi.useRealTimers();
});

const frames = (count: number) => {
  for (let frame = 0; frame < count; frame++) vi.advanceTimersToNextFrame();
};

test("all that is asked for in a frame is one redraw", () => {
  const draw = vi.fn(() => 1);
  const redraws = new Redraws(draw);
  for (let times = 0; times < 5; times++) redraws.ask();
  frames(3);
  expect(draw).toHaveBeenCalledTimes(1);
});

test("out of sight nothing is drawn; seen again it is drawn once, if it was asked for", () => {
  const draw = vi.fn(() => 1);
  const redraws = new Redraws(draw);
  redraws.ask();
  redraws.inSight = false;
  frames(2);
  for (let times = 0; times < 5; times++) redraws.ask();
  frames(2);
  expect(draw).not.toHaveBeenCalled();
  redraws.inSight = true;
  frames(2);
  expect(draw).toHaveBeenCalledTimes(1);
  redraws.inSight = false;
  redraws.inSight = true;
  frames(2);
  expect(draw).toHaveBeenCalledTimes(1);
});

test("what was drawn at once is not drawn again, and what has ended never", () => {
  const draw = vi.fn(() => 1);
  const redraws = new Redraws(draw);
  redraws.ask();
  redraws.now();
  frames(2);
  expect(draw).toHaveBeenCalledTimes(1);
  redraws.ask();
  redraws.end();
  frames(2);
  expect(draw).toHaveBeenCalledTimes(1);
});
