import { expect, test } from "vitest";
import { formatOffset, formatStamp, parseLine } from "./logLine";

const local = (...parts: [number, number, number, number, number, number]) =>
  new Date(...parts).getTime() / 1000;

test("a record has time, tag and message", () => {
  expect(parseLine("2026-11-21 03:04:47.250000+01:00\tSTDOUT\tHello")).toEqual({
    time: Date.UTC(2026, 10, 21, 2, 4, 47, 250) / 1000,
    tag: "STDOUT",
    message: "Hello",
  });
});

test("Lavd's records have local times, and a time alone is a record, too", () => {
  const time = local(2026, 10, 21, 3, 4, 47);
  expect(parseLine("2026-11-21 03:04:47\tSTART\t[1 / 3] Train")).toEqual({
    time,
    tag: "START",
    message: "[1 / 3] Train",
  });
  expect(parseLine("2026-11-21T03:04:47,500\tno tag")).toEqual({
    time: time + 0.5,
    tag: "",
    message: "no tag",
  });
});

test("a message keeps its tabs, and in records of ours escapes are undone", () => {
  expect(parseLine("2026-11-21 03:04:47\tA\tb\tc").message).toBe("b\tc");
  expect(parseLine("2026-11-21 03:04:47\tA\ta\\nb").message).toBe("a\\nb");
  expect(parseLine("2026-11-21 03:04:47+00:00\tA\ta\\nb\\tc\\\\n").message).toBe("a\nb\tc\\n");
});

test.each(["plain text", "a\tb\tc", "", "\tx", "2026-11-21 03:04:47 no tab", "2026-11-21\tx"])(
  "without a time at its beginning a line is a message: %j",
  (line) => expect(parseLine(line)).toEqual({ time: null, tag: "", message: line }),
);

test("a carriage return at the end belongs to the line end", () => {
  expect(parseLine("text\r").message).toBe("text");
});

test("a record that was cut short is a message that says so", () => {
  const cut = parseLine("2026-11-21 03:04:47+01:00\tTAG\tloss 0.9\t!cut");
  expect(cut).toEqual({
    time: null,
    tag: "",
    message: "2026-11-21 03:04:47+01:00\tTAG\tloss 0.9 … (cut short)",
  });
});

test("stamps are local, to the millisecond", () => {
  expect(formatStamp(local(2026, 0, 2, 3, 4, 5) + 0.0404)).toBe("2026-01-02 03:04:05.040");
  expect(formatStamp(local(2026, 0, 2, 3, 4, 5) + 0.9999)).toBe("2026-01-02 03:04:06.000");
});

test.each([
  [0, "+0.000"],
  [0.0042, "+0.004"],
  [-0.01, "−0.010"],
  [-0.0001, "+0.000"],
  [59.9996, "+1:00.000"],
  [3723.004, "+1:02:03.004"],
  [-172_801, "−2d 00:00:01.000"],
])("%d s since the first line is %s", (seconds, text) => expect(formatOffset(seconds)).toBe(text));
