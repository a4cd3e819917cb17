import { beforeEach, expect, test, vi } from "vitest";
import { sendEvents } from "../api/events";
import { RefusedError, UnreachableError } from "../api/http";
import type { EventsRequest, PageEvent } from "../api/messages";
import { Telling } from "./telling.svelte";

vi.mock("../api/events", () => ({ sendEvents: vi.fn() }));

const sent = vi.mocked(sendEvents);
const event = (value: number): PageEvent => ({ type: "changed", label: "settings", field: "rate", value });
const requests = () =>
  sent.mock.calls.map(([, { first, events }]) => [first, events.map(({ value }) => value)]);

beforeEach(() => {
  vi.useFakeTimers();
  sent.mockReset();
});

test("what is done while something is on its way follows in one request, in its order", async () => {
  sent.mockImplementation((_: string, { first, events }: EventsRequest) =>
    Promise.resolve({ last: first + events.length - 1 }),
  );
  const telling = new Telling("a");
  for (let value = 0; value < 1200; value++) telling.tell(event(value));
  await vi.runAllTimersAsync();
  expect(requests().map(([first]) => first)).toEqual([1, 2, 502, 1002]);
  expect(requests().flatMap(([, values]) => values)).toEqual(
    Array.from({ length: 1200 }, (_, value) => value),
  );
  expect(telling.waiting).toBe(0);
});

test("what did not arrive is sent again under the same number, and what is refused is dropped", async () => {
  sent.mockRejectedValueOnce(new UnreachableError("gone"));
  sent.mockResolvedValueOnce({ last: 2 });
  sent.mockRejectedValueOnce(new RefusedError(403, { error: "You may read here.", hint: "" }));
  const telling = new Telling("a");
  telling.tell(event(1));
  telling.tell(event(2));
  await vi.runAllTimersAsync();
  expect(requests()).toEqual([
    [1, [1]],
    [1, [1, 2]],
  ]);
  telling.tell(event(3));
  await vi.runAllTimersAsync();
  expect([requests().at(-1), telling.refusal, telling.waiting]).toEqual([[3, [3]], "You may read here.", 0]);
});
