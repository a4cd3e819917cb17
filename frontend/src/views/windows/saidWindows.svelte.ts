/** What scripts of Visdom say of their windows, of the environments that are shown: asked for again when items change. */
import { SvelteMap } from "svelte/reactivity";
import { untrack } from "svelte";
import { fetchWindows } from "../../api/windows";
import { isAborted } from "../../api/http";
import type { WindowsPage } from "../../api/messages";
import { onAnswering, onFeed } from "../../state/connection.svelte";
import { Throttle } from "../throttle";

const PAUSE_MS = 1000;

export class SaidWindows {
  /** null: it could not be had, or is not there. */
  readonly #pages = new SvelteMap<string, WindowsPage | null>();
  readonly #asks = new Map<string, { throttle: Throttle; stop: AbortController }>();
  readonly #ends: (() => void)[];

  constructor() {
    this.#ends = [
      onFeed("items", ({ experiment }) => this.#asks.get(experiment)?.throttle.ask()),
      onFeed("resync", () => this.#askAll()),
      onAnswering(() => this.#askAll()),
    ];
  }

  /** undefined: not known yet. */
  of(experiment: string): WindowsPage | null | undefined {
    return this.#pages.get(experiment);
  }

  /** Follow these, and no others. */
  follow(experiments: readonly string[]): void {
    untrack(() => {
      for (const [id, { throttle, stop }] of this.#asks) {
        if (experiments.includes(id)) continue;
        throttle.stop();
        stop.abort();
        this.#asks.delete(id);
        this.#pages.delete(id);
      }
      for (const id of experiments) {
        if (this.#asks.has(id)) continue;
        const stop = new AbortController();
        const throttle = new Throttle(() => void this.#ask(id, stop.signal), PAUSE_MS);
        this.#asks.set(id, { throttle, stop });
        throttle.ask();
      }
    });
  }

  close(): void {
    this.follow([]);
    for (const end of this.#ends) end();
  }

  #askAll(): void {
    for (const { throttle } of this.#asks.values()) throttle.ask();
  }

  async #ask(id: string, signal: AbortSignal): Promise<void> {
    try {
      const page = await fetchWindows(id, signal);
      if (!signal.aborted) this.#pages.set(id, page);
    } catch (error) {
      if (!isAborted(error) && !signal.aborted && !this.#pages.has(id)) this.#pages.set(id, null);
    }
  }
}
