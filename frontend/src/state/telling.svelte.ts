/**
 * Tells an experiment's script what was done: in its order, none twice. What could not be sent is sent again, together
 * with what was done meanwhile, until the server answers; what it refuses is dropped and said.
 */
import { sendEvents } from "../api/events";
import { RefusedError, UnreachableError } from "../api/http";
import type { PageEvent } from "../api/messages";

/** As many as a request may hold. */
const MOST = 500;
/** Of selected things, in a request. */
const MOST_PLACES = 20_000;
const AGAIN_MS = 1000;
/** From one request to the next: what comes in between goes together. The server takes 20 a second of a page. */
const PAUSE_MS = 80;
const TOO_MANY_REQUESTS = 429;
/** This page as it was loaded. */
const SENDER = crypto.getRandomValues(new Uint32Array(4)).join("-");

export class Telling {
  readonly #experiment: string;
  #first = 1;
  #sending = false;
  #waiting = $state.raw<readonly PageEvent[]>([]);
  #refusal = $state("");

  constructor(experiment: string) {
    this.#experiment = experiment;
  }

  /** How many the server does not have yet. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Why the last ones were refused; "" if they were not. */
  get refusal(): string {
    return this.#refusal;
  }

  tell(event: PageEvent): void {
    this.#waiting = [...this.#waiting, event];
    if (!this.#sending) void this.#send();
  }

  /** As many as a request may hold; selections are long. */
  #nextEvents(): PageEvent[] {
    const events: PageEvent[] = [];
    let places = 0;
    for (const event of this.#waiting.slice(0, MOST)) {
      places += event.indices?.length ?? 0;
      if (events.length > 0 && places > MOST_PLACES) break;
      events.push(event);
    }
    return events;
  }

  async #send(): Promise<void> {
    this.#sending = true;
    while (this.#waiting.length > 0) {
      const events = this.#nextEvents();
      try {
        await sendEvents(this.#experiment, { sender: SENDER, first: this.#first, events });
        this.#refusal = "";
      } catch (error) {
        if (isForNow(error)) {
          await pause(AGAIN_MS);
          continue;
        }
        this.#refusal = error instanceof Error ? error.message : String(error);
      }
      this.#first += events.length;
      this.#waiting = this.#waiting.slice(events.length);
      await pause(PAUSE_MS);
    }
    this.#sending = false;
  }
}

/** It may be sent once more. */
function isForNow(error: unknown): boolean {
  return (
    error instanceof UnreachableError || (error instanceof RefusedError && error.status === TOO_MANY_REQUESTS)
  );
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

const known = new Map<string, Telling>();

export function tellingOf(experiment: string): Telling {
  const found = known.get(experiment) ?? new Telling(experiment);
  known.set(experiment, found);
  return found;
}
