/** What is searched for in a log: how often it is there, and the next place from another one. */
import { searchLog } from "../../api/files";
import { isAborted } from "../../api/http";
import type { LogSearchPage } from "../../api/messages";
import type { LogSearch } from "./matches";
import type { LogAddress } from "./openLog.svelte";

/** Of so many places it is known which is the how-manieth. */
const LISTED = 1000;

/** The searches of one log one after the other. What the server cannot search for leaves the one before in its place. */
export class LogSearches {
  readonly #address: LogAddress;
  #shown = $state.raw<LogSearching | null>(null);
  #wanted: LogSearching | null = null;

  constructor(address: LogAddress) {
    this.#address = address;
  }

  get shown(): LogSearching | null {
    return this.#shown;
  }

  /** null: nothing is searched for. Says why the server cannot search for it, "" if it can. */
  async want(search: LogSearch | null): Promise<string> {
    if (this.#wanted !== this.#shown) this.#wanted?.close();
    const begun = search && new LogSearching(this.#address, search);
    this.#wanted = begun;
    const patternError = begun ? await begun.begin() : "";
    if (this.#wanted !== begun || patternError !== "") return patternError;
    this.#shown?.close();
    this.#shown = begun;
    return "";
  }

  close(): void {
    this.#wanted?.close();
    this.#shown?.close();
    this.#wanted = null;
  }
}

class LogSearching {
  readonly #address: LogAddress;
  readonly #search: LogSearch;
  readonly #stop = new AbortController();
  #count = $state(0);
  #offsets = $state.raw<readonly number[]>([]);
  #counting = $state(true);
  #error = $state.raw<Error | null>(null);
  #found = $state.raw<number | null>(null);
  /** Up to where was counted. */
  #countedTo = 0;

  constructor(address: LogAddress, search: LogSearch) {
    this.#address = address;
    this.#search = search;
  }

  /** Count; done with the first answer, which says why the server cannot search for this, "" if it can. */
  begin(): Promise<string> {
    return new Promise((resolve) => {
      void this.#run(() => this.#countFrom(0, resolve)).then(() => resolve(""));
    });
  }

  get pattern(): RegExp {
    return this.#search.pattern;
  }

  /** Lines that match, as far as was counted. */
  get count(): number {
    return this.#count;
  }

  get counting(): boolean {
    return this.#counting;
  }

  get error(): Error | null {
    return this.#error;
  }

  /** Offset of the line that was gone to. */
  get found(): number | null {
    return this.#found;
  }

  /** The how-manieth it is, from 1; null if there are too many to know. */
  get ordinal(): number | null {
    const index = this.#found === null ? -1 : this.#offsets.indexOf(this.#found);
    return index < 0 ? null : index + 1;
  }

  close(): void {
    this.#stop.abort();
  }

  /** The file is longer now. */
  grow(size: number): void {
    if (this.#counting || size <= this.#countedTo) return;
    void this.#run(() => this.#countFrom(this.#countedTo));
  }

  /** Offset of the next line that matches, or of the one before; at an end it goes on from the other. null: there is none. */
  async go(from: number, backwards: boolean): Promise<number | null> {
    let place: number | null = null;
    await this.#run(async () => {
      const start = this.#found ?? from;
      place = backwards
        ? await this.#nearest(start, true)
        : await this.#nearest(this.#found === null ? start : start + 1, false);
      place ??= await this.#nearest(backwards ? undefined : 0, backwards);
      this.#found = place;
    });
    return place;
  }

  /** Offset of the line that matches nearest to this one, of those that come first behind and before it; null: none. */
  async goNear(from: number): Promise<number | null> {
    await this.#run(async () => {
      const [next, previous] = await Promise.all([this.#nearest(from, false), this.#nearest(from, true)]);
      const isBefore = next === null || (previous !== null && from - previous < next - from);
      this.#found = isBefore ? previous : next;
    });
    return this.#found;
  }

  async #nearest(from: number | undefined, backwards: boolean): Promise<number | null> {
    let next: number | null | undefined = from;
    while (next !== null) {
      const page: LogSearchPage = await this.#ask(next, backwards, 1);
      if (page.matches[0]) return page.matches[0].offset;
      ({ next } = page);
    }
    return null;
  }

  async #countFrom(start: number, onanswer?: (patternError: string) => void): Promise<void> {
    this.#counting = true;
    let next: number | null = start;
    while (next !== null) {
      const page: LogSearchPage = await this.#ask(next, false, LISTED);
      onanswer?.(page.pattern_error);
      this.#count += page.count;
      this.#countedTo = Math.max(this.#countedTo, page.reached);
      const room = LISTED - this.#offsets.length;
      if (room > 0)
        this.#offsets = [...this.#offsets, ...page.matches.slice(0, room).map(({ offset }) => offset)];
      ({ next } = page);
    }
    this.#counting = false;
  }

  #ask(from: number | undefined, backwards: boolean, limit: number): Promise<LogSearchPage> {
    const { experiment, path, tags } = this.#address;
    const { text, regex } = this.#search;
    const request = { text, regex, backwards, limit, from, tag: tags };
    return searchLog(experiment, path, request, this.#stop.signal);
  }

  async #run(work: () => Promise<void>): Promise<void> {
    try {
      this.#error = null;
      await work();
    } catch (error) {
      if (!isAborted(error)) this.#error = error instanceof Error ? error : new Error(String(error));
      this.#counting = false;
    }
  }
}
