// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Feed, type FeedState } from "./feed";
import type { FeedMessage, Health, Look, PollRequest } from "./messages";

const HEALTH: Health = {
  mode: "inotify",
  root_present: true,
  delay_s: 0,
  watched_folders: 1,
  unwatched_folders: 0,
  unwatched_rows: 0,
  links: 0,
  row_delay_s: 6,
  reason: "",
  roots: [],
};

/** The browser's end of a socket whose other end is the test. */
class Socket {
  static all: Socket[] = [];
  static readonly OPEN = 1;
  readyState = 0;
  sent: Look[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;

  constructor() {
    Socket.all.push(this);
  }

  open(epoch = "first", sequence = 5) {
    this.readyState = Socket.OPEN;
    this.onopen?.();
    this.say({ type: "hello", epoch, sequence, health: HEALTH });
  }

  say(message: FeedMessage) {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  send(text: string) {
    this.sent.push(JSON.parse(text) as Look);
  }

  close(code = 1006, reason = "") {
    this.readyState = 3;
    this.onclose?.({ code, reason });
  }
}

let feed: Feed;
/** All but greetings. */
let messages: FeedMessage[];
let states: FeedState[];
let polls: PollRequest[];
let answers: ((() => Response) | "wait")[];
const last = () => Socket.all.at(-1) as Socket;
const LOOKED = { experiments: ["run"], kinds: [], scalar_labels: [], files: [] };

beforeEach(() => {
  vi.useFakeTimers();
  Socket.all = [];
  vi.stubGlobal("WebSocket", Socket);
  polls = [];
  answers = [];
  vi.stubGlobal("fetch", (_address: URL, { body, signal }: { body: string; signal: AbortSignal }) => {
    polls.push(JSON.parse(body) as PollRequest);
    const answer = answers.shift();
    if (answer === "wait")
      return new Promise((_, reject) => (signal.onabort = () => reject(signal.reason as Error)));
    return answer ? Promise.resolve(answer()) : Promise.reject(new TypeError("no server"));
  });
  messages = [];
  states = [];
  feed = new Feed(["first", 5], {
    onMessage: (message) => message.type !== "hello" && messages.push(message),
    onState: (state) => states.at(-1) !== state && states.push(state),
  });
});

afterEach(() => {
  feed.close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("it says what is looked at, from which version on", () => {
  feed.look(LOOKED);
  last().open();
  expect(last().sent).toEqual([{ type: "look", ...LOOKED, version: ["first", 5], short_points: true }]);
  expect(states).toEqual(["live"]);
  expect(messages).toEqual([]);
});

test("after a break it connects again and goes on from the last change", async () => {
  last().open();
  last().say({ type: "scalars", sequence: 9, experiment: "run" });
  last().close();
  expect(states).toEqual(["live", "reconnecting"]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(Socket.all).toHaveLength(2);
  last().open("first", 12);
  expect(last().sent[0]?.version).toEqual(["first", 9]);
  expect(messages.map(({ type }) => type)).toEqual(["scalars"]);
});

test("a server that was started anew means a resync", async () => {
  last().open();
  last().close();
  await vi.advanceTimersByTimeAsync(1000);
  last().open("second", 1);
  expect(messages).toMatchObject([{ type: "resync", epoch: "second", sequence: 1 }]);
  feed.look(LOOKED);
  expect(last().sent.at(-1)?.version).toEqual(["second", 1]);
});

test("the delay grows while the server is gone", async () => {
  const attempts: number[] = [];
  for (let second = 0; second < 60; second++) {
    if (last().readyState === 0) last().close();
    await vi.advanceTimersByTimeAsync(1000);
    attempts.push(Socket.all.length);
  }
  expect(attempts.at(-1)).toBeLessThan(15);
  expect(attempts.at(-1)).toBeGreaterThan(6);
  expect(states).toEqual(["reconnecting"]);
});

async function failTwoSockets() {
  last().close();
  await vi.advanceTimersByTimeAsync(700);
  last().close();
}

const answer =
  (...said: FeedMessage[]) =>
  () =>
    new Response(JSON.stringify({ messages: said }));
const scalars = (sequence: number): FeedMessage => ({ type: "scalars", sequence, experiment: "run" });

test("where sockets do not get through it asks, and goes on from where it was", async () => {
  const hello: FeedMessage = { type: "hello", epoch: "first", sequence: 7, health: HEALTH };
  answers = [answer(hello), answer(scalars(6)), answer(scalars(8)), "wait"];
  await failTwoSockets();
  await vi.advanceTimersByTimeAsync(3500);
  expect(polls.map(({ since }) => since?.[1])).toEqual([undefined, 5, 6, 8]);
  expect(messages).toEqual([scalars(6), scalars(8)]);
  expect(states).toEqual(["reconnecting", "polling"]);
});

test("while it waits for an answer it says at once what else is looked at", async () => {
  answers = [answer(), "wait", "wait"];
  await failTwoSockets();
  await vi.advanceTimersByTimeAsync(2000);
  expect(polls).toHaveLength(2);
  feed.look(LOOKED);
  await vi.advanceTimersByTimeAsync(10);
  expect(polls[2]?.look.experiments).toEqual(["run"]);
  expect(states).toEqual(["reconnecting", "polling"]);
});

test("nothing is asked after it was closed", async () => {
  last().open();
  feed.close();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(Socket.all).toHaveLength(1);
});

test("a server that says nothing for long is taken for gone, whatever the socket says", async () => {
  last().open();
  expect(states.at(-1)).toBe("live");
  for (let count = 0; count < 4; count++) {
    await vi.advanceTimersByTimeAsync(15_000);
    last().say({ type: "health", sequence: 6 + count, health: HEALTH });
  }
  expect(Socket.all).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(40_000);
  expect(states.at(-1)).toBe("reconnecting");
  await vi.advanceTimersByTimeAsync(2000);
  expect(Socket.all).toHaveLength(2);
});
