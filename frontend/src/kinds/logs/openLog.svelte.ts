/** A log that is looked at: which part of it is held, and what the feed says of it. */
import { fetchLog, type LogRange } from "../../api/files";
import { isAborted } from "../../api/http";
import type { FileGrew, LogPage } from "../../api/messages";
import { parseLine } from "../../lib/logLine";
import {
  grown,
  nextStart,
  reachesEnd,
  startOf,
  trimmed,
  windowOf,
  withNext,
  withPrevious,
  type LogWindow,
} from "./logWindow";

/** What is asked for at once, and what is kept: some screens full on either side of what is in sight. */
const PAGE_LINES = 200;
const KEPT_LINES = 1000;
/** Further behind its end, a log that follows it does not read what lies between. */
const FAR_BYTES = 200_000;

/** How the window came to be: what the view has to bring into sight. */
export type Arrival = { at: "end" } | { at: "start" } | { at: "offset"; offset: number };

/** What is known of a file that changed; `rewritten`: as the feed says it. */
type Growth = Pick<FileGrew, "size_bytes" | "identity"> & Partial<Pick<FileGrew, "rewritten">>;

export interface LogAddress {
  experiment: string;
  /** An id. */
  path: string;
  tags: readonly string[];
}

export class OpenLog {
  readonly #address: LogAddress;
  #window = $state.raw<LogWindow | null>(null);
  #arrival = $state.raw<Arrival>({ at: "end" });
  #error = $state.raw<Error | null>(null);
  #firstTime = $state.raw<number | null>(null);
  /** Of the request that replaces the window. */
  #opening = new AbortController();
  /** Requests that make it longer, one for each end. */
  readonly #extending = new Set<"previous" | "next">();
  #closed = false;

  constructor(address: LogAddress) {
    this.#address = address;
    void this.#readFirstTime();
  }

  /** null: nothing was read yet. */
  get window(): LogWindow | null {
    return this.#window;
  }

  /** Another object each time the window was replaced. */
  get arrival(): Arrival {
    return this.#arrival;
  }

  get error(): Error | null {
    return this.#error;
  }

  /** Time of the file's first record, Unix seconds; null: it has none, or it is not known yet. */
  get firstTime(): number | null {
    return this.#firstTime;
  }

  close(): void {
    this.#closed = true;
    this.#opening.abort();
  }

  open(arrival: Arrival): Promise<void> {
    const at = arrival.at;
    return this.#replace(
      at === "end" ? {} : at === "start" ? { start: 0 } : { near: arrival.offset },
      arrival,
    );
  }

  /** The lines before or after those that are held. */
  async extend(end: "previous" | "next"): Promise<void> {
    const window = this.#window;
    if (!window || this.#extending.has(end)) return;
    if (end === "previous" ? startOf(window) === 0 : reachesEnd(window)) return;
    this.#extending.add(end);
    try {
      const page = await this.#fetch(
        end === "previous" ? { end: startOf(window) } : { start: nextStart(window) },
      );
      this.#join(end, page);
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#extending.delete(end);
    }
  }

  /** What the feed says of the file. `follow`: the view shows its end and shall go on to do so. */
  async grow({ size_bytes: size, identity, rewritten = false }: Growth, follow: boolean): Promise<void> {
    const window = this.#window;
    if (!window || identity === "") return;
    if (rewritten) return this.open(follow ? { at: "end" } : { at: "offset", offset: startOf(window) });
    const longer = grown(window, size, identity);
    if (!longer) {
      void this.#readFirstTime();
      return this.open(follow ? { at: "end" } : { at: "start" });
    }
    this.#window = longer;
    if (!follow) return;
    if (size - nextStart(longer) > FAR_BYTES) return this.open({ at: "end" });
    await this.extend("next");
    // It may have grown meanwhile.
    const now = this.#window;
    if (now !== longer && !reachesEnd(now)) await this.grow({ size_bytes: now.size, identity }, follow);
  }

  /** After changes may have been missed. */
  async refresh(follow: boolean): Promise<void> {
    try {
      const { size_bytes, identity } = await this.#fetch({ lines: 1 });
      await this.grow({ size_bytes, identity }, follow);
    } catch (error) {
      this.#fail(error);
    }
  }

  async #replace(range: LogRange, arrival: Arrival): Promise<void> {
    this.#opening.abort();
    const opening = (this.#opening = new AbortController());
    try {
      const page = await this.#fetch(range, opening.signal);
      if (opening.signal.aborted) return;
      this.#window = windowOf(page);
      this.#arrival = { ...arrival };
      this.#error = null;
    } catch (error) {
      this.#fail(error);
    }
  }

  #join(end: "previous" | "next", page: LogPage): void {
    // Whatever the window is by now: if it was replaced in the meantime, the page does not fit and is dropped.
    const window = this.#window;
    if (!window || this.#closed) return;
    const longer = end === "previous" ? withPrevious(window, page) : withNext(window, page);
    if (longer) this.#window = trimmed(longer, end === "previous" ? "last" : "first", KEPT_LINES);
    else if (page.identity !== window.identity) void this.open({ at: "end" });
    this.#error = null;
  }

  #fetch(range: LogRange, signal?: AbortSignal): Promise<LogPage> {
    const { experiment, path, tags } = this.#address;
    return fetchLog(experiment, path, { lines: PAGE_LINES, tag: tags, ...range }, signal);
  }

  async #readFirstTime(): Promise<void> {
    const { experiment, path } = this.#address;
    try {
      const { text } = await fetchLog(experiment, path, { start: 0, lines: 20 });
      const times = text.split("\n").map((line) => parseLine(line).time);
      this.#firstTime = times.find((time) => time !== null) ?? null;
    } catch {
      // The offsets stay away; that the log cannot be read is said by those who show it.
    }
  }

  #fail(error: unknown): void {
    if (!this.#closed && !isAborted(error))
      this.#error = error instanceof Error ? error : new Error(String(error));
  }
}
