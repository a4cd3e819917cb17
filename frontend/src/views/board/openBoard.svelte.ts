/**
 * The board that is open: as its file says it, with what was changed here and is not written yet. What is changed is
 * written a moment later, by edits that name the state seen; if somebody else was quicker, theirs is taken over and what
 * was done here is done to it, as far as its panels are still there.
 */
import { isAborted, RefusedError } from "../../api/http";
import type { Board, BoardPage } from "../../api/messages";
import { plural } from "../../lib/numbers";
import { onAnswering, onFeed } from "../../state/connection.svelte";
import { notify } from "../../state/notices.svelte";
import type { BoardStore } from "./boardStores";
import { operationsOf, withChange, withChanges, type Change } from "./changes";

/** After the last letter: what is typed is one edit. So long, too, after something was written: keys that are held move a panel often. */
const REST_MS = 150;
/** After the first change that is not written yet. */
const LONGEST_MS = 800;

export class OpenBoard {
  /** As the server read it; null: nothing came yet. */
  #page = $state.raw<BoardPage | null>(null);
  /** Why it could not be had. */
  #error = $state.raw<Error | null>(null);
  #waiting = $state.raw<readonly Change[]>([]);
  /** On their way to the file: what is changed meanwhile is put behind them, never into them. */
  #sent = $state.raw<readonly Change[]>([]);
  #isWriting = $state(false);
  readonly #store: BoardStore;
  /** In which the server names it in what it tells. */
  readonly #id: string;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #since = 0;
  /** When something was written last. */
  #written = Number.NEGATIVE_INFINITY;
  #isClosed = false;
  #loading: AbortController | undefined;
  readonly #board: Board | null = $derived.by(() => {
    const content = this.#page?.content ?? null;
    return content && withChanges(content, [...this.#sent, ...this.#waiting]);
  });
  readonly #ends: (() => void)[];

  constructor(id: string, store: BoardStore) {
    this.#id = id;
    this.#store = store;
    this.#ends = [
      onFeed("boards", ({ changed }) => {
        if (changed.includes(this.#id)) void this.load();
      }),
      onFeed("resync", () => void this.load()),
      onAnswering(() => {
        if (this.#waiting.length > 0) this.#writeIn(0);
        else if (this.#error) void this.load();
      }),
    ];
    void this.load();
  }

  get page(): BoardPage | null {
    return this.#page;
  }

  /** What is shown: what the file said last without a mistake, and what was changed since. null: nothing can be. */
  get board(): Board | null {
    return this.#board;
  }

  get error(): Error | null {
    return this.#error;
  }

  /** Something was changed that is not in the file yet. */
  get isUnsaved(): boolean {
    return this.#waiting.length > 0 || this.#isWriting;
  }

  /** Nobody looks any more: what waits is written now. */
  close(): void {
    this.#isClosed = true;
    for (const end of this.#ends) end();
    this.#loading?.abort();
    clearTimeout(this.#timer);
    if (this.#waiting.length > 0) void this.#write();
  }

  async load(): Promise<void> {
    this.#loading?.abort();
    const mine = (this.#loading = new AbortController());
    try {
      const page = await this.#store.load(mine.signal);
      if (this.#loading !== mine) return;
      this.#page = page;
      this.#error = null;
    } catch (error) {
      if (isAborted(error) || this.#loading !== mine) return;
      this.#error = error as Error;
      // It is removed or has another name; what cannot be had for another reason is shown as it was.
      if (error instanceof RefusedError && error.status === 404) this.#page = null;
    }
  }

  /** What was done at once, such as a panel that was dragged: others see it as soon as it can be written. */
  change(...changes: readonly Change[]): void {
    this.#take(changes, this.#written + REST_MS);
  }

  /** What somebody is typing. */
  type(...changes: readonly Change[]): void {
    this.#take(changes, performance.now() + REST_MS);
  }

  /** `due`: when it is written, if nothing else is changed. */
  #take(changes: readonly Change[], due: number): void {
    const now = performance.now();
    if (this.#waiting.length === 0) this.#since = now;
    this.#waiting = changes.reduce<readonly Change[]>(withChange, this.#waiting);
    this.#writeIn(Math.max(0, Math.min(due, this.#since + LONGEST_MS) - now));
  }

  /** Another text, of which it is known that it has no mistake. "" if it was written, else why not. */
  async writeText(text: string, match: string): Promise<"done" | "conflict" | "failed" | (string & {})> {
    const written = await this.#store.write({ text }, match);
    await this.load();
    return written.is === "refused" ? written.reason : written.is;
  }

  #writeIn(ms: number): void {
    clearTimeout(this.#timer);
    if (!this.#isWriting) this.#timer = setTimeout(() => void this.#write(), ms);
  }

  async #write(): Promise<void> {
    const page = this.#page;
    if (!page?.content || this.#isWriting) return;
    const sent = (this.#sent = this.#waiting);
    this.#waiting = [];
    const { operations, lost } = operationsOf(page.content, sent);
    if (lost.length > 0)
      notify(`${plural(lost.length, "change")} of panels that somebody has removed meanwhile: not done`);
    this.#isWriting = true;
    const written =
      operations.length > 0 ? await this.#store.write({ operations }, page.match) : ({ is: "done" } as const);
    if (written.is === "refused") notify(`The board was not changed: ${written.reason}`);
    if (written.is === "conflict")
      notify("Somebody else has changed the board meanwhile: your change is made to theirs");
    this.#written = performance.now();
    if (written.is !== "failed" && !this.#isClosed) await this.load();
    if (written.is === "conflict" || written.is === "failed") {
      const again = sent.filter((change) => !lost.includes(change));
      this.#waiting = this.#waiting.reduce<readonly Change[]>(withChange, again);
    }
    this.#sent = [];
    this.#isWriting = false;
    if (this.#waiting.length > 0 && written.is !== "failed") {
      this.#since = performance.now();
      this.#writeIn(written.is === "conflict" ? 0 : REST_MS);
    }
  }
}
