/** Moves the cursor through the past, no faster than the server answers. */
import { openRequests } from "../../api/http";
import { past } from "../../state/past.svelte";
import { sweepFrom, sweptTo, textOf, type Cursor, type Span } from "./span";

const TICK_MS = 150;
/** What takes longer is not waited for: a request may hang. */
const PATIENCE_MS = 3000;

export class Sweep {
  #timer = $state<ReturnType<typeof setInterval>>();

  get isOn(): boolean {
    return this.#timer !== undefined;
  }

  /** `whole_s`: how long all of the span takes. */
  start(span: Span, cursor: Cursor, whole_s: number): void {
    this.stop();
    const { by } = cursor;
    let at = sweepFrom(span, cursor.at);
    let movedAt = performance.now();
    past.text = textOf({ by, at });
    this.#timer = setInterval(() => {
      const now = performance.now();
      if (openRequests() > 0 && now - movedAt < PATIENCE_MS) return;
      // What the server needed is not jumped over.
      at = sweptTo(span, at, Math.min(now - movedAt, 2 * TICK_MS) / 1000, whole_s);
      movedAt = now;
      past.text = textOf({ by, at });
      if (at >= span.end) this.stop();
    }, TICK_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
