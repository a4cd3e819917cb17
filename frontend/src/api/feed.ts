/**
 * Changes from the server: by WebSocket, or by plain requests where sockets do not get through.
 *
 * The feed connects again by itself, with growing delay, and says what it was looking at; what it missed arrives, or a
 * `resync` does. A server that was started anew shows itself by another epoch: that is a `resync`, too.
 */
import { feedProtocols, addressOf } from "./access";
import { isAborted, UnreachableError } from "./http";
import { poll } from "./root";
import type { FeedMessage, Look } from "./messages";
import { ShortPoints } from "./shortPoints";

export type FeedState = "connecting" | "live" | "polling" | "reconnecting";
export type LookedAt = Pick<Look, "experiments" | "kinds" | "scalar_labels" | "files">;

export interface FeedListener {
  onMessage: (message: FeedMessage) => void;
  /** `failures`: attempts without success since the last good connection. `reason`: the server's, if it gave one. */
  onState: (state: FeedState, failures: number, reason: string) => void;
}

const NOTHING: LookedAt = { experiments: [], kinds: [], scalar_labels: [], files: [] };
const FIRST_DELAY_MS = 300;
const LONGEST_DELAY_MS = 10_000;
const POLL_PAUSE_MS = 1000;
/** So many sockets in a row must fail to open, with the server answering plain requests, before polling begins. */
const SOCKET_ATTEMPTS = 2;
/** How long to poll before a socket is tried again. */
const POLLING_MS = 60_000;
const TRY_AGAIN_LATER = 1013;
const BROKEN = 1006;
/** The server says something every 15 s. After so long without a word it is gone, whatever the socket says. */
const SILENCE_MS = 40_000;

export class Feed {
  readonly #listener: FeedListener;
  readonly #client = crypto.getRandomValues(new Uint32Array(4)).join("-");
  /** What has been processed: (epoch, sequence). Changes after it are still to come. */
  #version: [string, number];
  #looked = NOTHING;
  #socket: WebSocket | null = null;
  #failures = 0;
  #closed = false;
  #pollAgain = false;
  #stopPolling: () => void = () => undefined;
  #wake: () => void = () => undefined;

  /** `version`: that of the root page shown. */
  constructor(version: [string, number], listener: FeedListener) {
    this.#version = version;
    this.#listener = listener;
    void this.#run();
  }

  /** From now on changes of just this are sent. Send it before asking for the data: then no change is missed. */
  look(looked: LookedAt): void {
    this.#looked = looked;
    this.#sendLook();
    this.#stopPolling();
  }

  /** Try now instead of after the delay: the network is back or somebody looks at the page again. */
  retry(): void {
    this.#wake();
  }

  close(): void {
    this.#closed = true;
    this.#socket?.close();
    this.#stopPolling();
    this.#wake();
  }

  async #run(): Promise<void> {
    while (!this.#closed) {
      const opened = await this.#listenToSocket();
      if (this.#closed) return;
      if (!opened && this.#failures >= SOCKET_ATTEMPTS && (await this.#pollForAWhile())) continue;
      await this.#pause(Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(this.#failures, 10)));
    }
  }

  /** Until the socket closes. Returns whether it was open. */
  #listenToSocket(): Promise<boolean> {
    const address = addressOf("api/feed");
    address.protocol = address.protocol.replace("http", "ws");
    const socket = new WebSocket(address, feedProtocols());
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    const short = new ShortPoints();
    let opened = false;
    return new Promise((resolve) => {
      let silence: ReturnType<typeof setTimeout>;
      const waitForWord = () => {
        clearTimeout(silence);
        silence = setTimeout(() => {
          end({ code: BROKEN, reason: "" });
          socket.close();
        }, SILENCE_MS);
      };
      const read = (data: string | ArrayBuffer): FeedMessage => {
        if (typeof data !== "string") return short.read(data);
        const message = JSON.parse(data) as FeedMessage;
        if (message.type === "points") short.learn(message);
        return message;
      };
      waitForWord();
      socket.onopen = () => {
        opened = true;
        this.#sendLook();
      };
      socket.onmessage = ({ data }) => {
        waitForWord();
        this.#failures = 0;
        this.#listener.onState("live", 0, "");
        this.#take(read(data as string | ArrayBuffer));
      };
      const end = ({ code, reason }: Pick<CloseEvent, "code" | "reason">) => {
        clearTimeout(silence);
        socket.onopen = socket.onmessage = socket.onclose = null;
        this.#socket = null;
        this.#failures++;
        if (!this.#closed) {
          this.#listener.onState("reconnecting", this.#failures, code === TRY_AGAIN_LATER ? reason : "");
        }
        resolve(opened);
      };
      socket.onclose = end;
    });
  }

  #sendLook(): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(this.#lookMessage()));
  }

  #lookMessage(): Look {
    return { type: "look", ...this.#looked, version: this.#version, short_points: true };
  }

  /** Returns whether the server answered. */
  async #pollForAWhile(): Promise<boolean> {
    const until = performance.now() + POLLING_MS;
    // The first answer is a greeting and comes at once, the others when there is a change.
    let since: [string, number] | null = null;
    while (!this.#closed && performance.now() < until) {
      try {
        await this.#poll(since);
      } catch (error) {
        this.#failures++;
        const reason = error instanceof UnreachableError || !(error instanceof Error) ? "" : error.message;
        this.#listener.onState("reconnecting", this.#failures, reason);
        return since !== null;
      }
      since = this.#version;
      await this.#pause(this.#pollAgain ? 0 : POLL_PAUSE_MS);
    }
    return since !== null;
  }

  async #poll(since: [string, number] | null): Promise<void> {
    const waiting = new AbortController();
    this.#stopPolling = () => waiting.abort();
    this.#pollAgain = false;
    const request = { client: this.#client, look: this.#lookMessage(), since };
    try {
      const { messages } = await poll(request, waiting.signal);
      this.#failures = 0;
      this.#listener.onState("polling", 0, "");
      for (const message of messages) this.#take(message);
    } catch (error) {
      if (!isAborted(error)) throw error;
      this.#pollAgain = true;
    } finally {
      this.#stopPolling = () => undefined;
    }
  }

  #take(message: FeedMessage): void {
    const { sequence } = message;
    if (message.type === "hello") {
      const { epoch } = message;
      this.#listener.onMessage(message);
      if (epoch === this.#version[0]) return;
      this.#version = [epoch, sequence];
      this.#listener.onMessage({ type: "resync", epoch, sequence, reason: "The server was started anew." });
      return;
    }
    if (message.type === "resync") this.#version = [message.epoch, sequence];
    else this.#version = [this.#version[0], Math.max(this.#version[1], sequence)];
    this.#listener.onMessage(message);
  }

  #pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
