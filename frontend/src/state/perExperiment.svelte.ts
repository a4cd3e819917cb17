/** Something that is loaded for each experiment while somebody shows it, and kept current by the feed. Lives as long as the page. */
import { isAborted } from "../api/http";
import { onAnswering, onFeed } from "./connection.svelte";
import { flushLook, holdLook, kindsLookedAt, onLeft, onUnwatchedChange } from "./look";

export type Loaded<Value> =
  { state: "loading" } | { state: "ready"; value: Value } | { state: "failed"; error: Error };

interface Entry<Value> {
  loaded: Loaded<Value>;
  holders: number;
  /** The kinds whose changes were heard of since it was loaded. */
  followed: Set<string>;
  /** Asked for, and not answered yet. A change in the meantime asks again. */
  asking: boolean;
  stale: boolean;
}

interface Options<Value> {
  /** Values by experiment; what is missing is not there any more. */
  load: (experiments: string[]) => Promise<Map<string, Value>>;
  /** Experiments in a request: in the first one, in the second, ..., in all later ones. Few at first are shown first. */
  batches: readonly number[];
}

const LOADING = { state: "loading" } as const;
const PARALLEL = 4;
/** Nothing shares the server with the first request, unless its experiments cannot be read. */
const FIRST_ALONE_MS = 1000;

export class PerExperiment<Value> {
  readonly #options: Options<Value>;
  readonly #entries = new Map<string, Entry<Value>>();
  readonly #waiting = new Set<string>();
  #version = $state(0);
  #running = 0;
  #scheduled = false;
  #requests = 0;
  #parallel = 1;

  constructor(options: Options<Value>) {
    this.#options = options;
    onLeft((experiments, kinds) => {
      for (const [id, { followed }] of this.#entries) {
        if (experiments.has(id)) followed.clear();
        else for (const kind of kinds) followed.delete(kind);
      }
    });
    onUnwatchedChange((id) => this.refresh(id));
    onFeed("resync", () => this.#refreshAll());
    onAnswering(() => this.#retryFailed());
  }

  /**
   * Load these experiments' values and keep them current, as far as changes of these kinds go, until the returned
   * function is called. For effects.
   */
  hold(experiments: readonly string[], kinds: readonly string[]): () => void {
    const release = holdLook({ experiments: [...experiments], kinds: [...kinds] });
    for (const id of experiments) {
      const entry = this.#entryOf(id);
      entry.holders++;
      if (!kinds.every((kind) => entry.followed.has(kind))) this.#ask(id, entry);
    }
    return () => {
      release();
      for (const id of experiments) {
        const entry = this.#entries.get(id);
        if (!entry) continue;
        entry.holders--;
        if (entry.holders === 0) this.#waiting.delete(id);
      }
    };
  }

  get(experiment: string): Loaded<Value> | undefined {
    void this.#version;
    return this.#entries.get(experiment)?.loaded;
  }

  /** What the feed said of an experiment. `change` returns the new value, or null to ask the server again. */
  update(experiment: string, change: (value: Value) => Value | null): void {
    const entry = this.#entries.get(experiment);
    if (!entry) return;
    if (entry.asking) entry.stale = true;
    if (entry.loaded.state !== "ready") return;
    const value = change(entry.loaded.value);
    if (value === null) this.refresh(experiment);
    else if (value !== entry.loaded.value) {
      entry.loaded = { state: "ready", value };
      this.#touch();
    }
  }

  /** Ask again for what is held; forget what is not. */
  refresh(experiment: string): void {
    const entry = this.#entries.get(experiment);
    if (!entry) return;
    if (entry.holders > 0) this.#ask(experiment, entry);
    else this.#entries.delete(experiment);
  }

  #refreshAll(): void {
    for (const id of [...this.#entries.keys()]) this.refresh(id);
  }

  #retryFailed(): void {
    for (const [id, { loaded }] of this.#entries) if (loaded.state === "failed") this.refresh(id);
  }

  #entryOf(id: string): Entry<Value> {
    let entry = this.#entries.get(id);
    if (!entry) {
      entry = { loaded: LOADING, holders: 0, followed: new Set(), asking: false, stale: false };
      this.#entries.set(id, entry);
    }
    return entry;
  }

  #ask(id: string, entry: Entry<Value>): void {
    if (entry.asking) entry.stale = true;
    else this.#waiting.add(id);
    queueMicrotask(() => this.#work());
  }

  #work(): void {
    while (this.#waiting.size > 0 && this.#running < this.#parallel) {
      if (this.#requests === 0) setTimeout(() => this.#openUp(), FIRST_ALONE_MS);
      const ids: string[] = [];
      const { batches } = this.#options;
      const most = batches[Math.min(this.#requests++, batches.length - 1)]!;
      for (const id of this.#waiting) {
        if (ids.push(id) >= most) break;
      }
      for (const id of ids) this.#waiting.delete(id);
      void this.#load(ids);
    }
  }

  #openUp(): void {
    this.#parallel = PARALLEL;
    this.#work();
  }

  async #load(ids: string[]): Promise<void> {
    this.#running++;
    flushLook();
    const followed = kindsLookedAt();
    for (const id of ids) {
      Object.assign(this.#entryOf(id), { asking: true, stale: false, followed: new Set(followed) });
    }
    let outcome: (id: string) => Loaded<Value> | null;
    try {
      const values = await this.#options.load(ids);
      outcome = (id) => {
        const value = values.get(id);
        return value === undefined ? null : { state: "ready", value };
      };
    } catch (error) {
      if (isAborted(error)) return;
      const failed = {
        state: "failed",
        error: error instanceof Error ? error : new Error(String(error)),
      } as const;
      outcome = () => failed;
    } finally {
      this.#running--;
    }
    for (const id of ids) {
      const entry = this.#entryOf(id);
      const loaded = outcome(id);
      entry.asking = false;
      if (loaded) entry.loaded = loaded;
      else this.#entries.delete(id);
      if (entry.stale && entry.holders > 0) this.#ask(id, entry);
    }
    this.#touch();
    this.#openUp();
  }

  /** Many answers in a row are one change for those who show them. */
  #touch(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    requestAnimationFrame(() => {
      this.#scheduled = false;
      this.#version++;
    });
  }
}
