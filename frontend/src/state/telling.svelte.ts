/**
 * Tells an experiment's script what was done: in its order, none twice. What could not be sent is sent again, together
 * with what was done meanwhile, until the server answers; what it refuses is dropped and said.
 */
import { sendEvents } from "../api/events";
import { UnreachableError } from "../api/http";
import type { PageEvent } from "../api/messages";

/** As many as a request may hold. */
const MOST = 500;
const AGAIN_MS = 1000;
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

  async #send(): Promise<void> {
    this.#sending = true;
    while (this.#waiting.length > 0) {
      const events = this.#waiting.slice(0, MOST);
      try {
        await sendEvents(this.#experiment, { sender: SENDER, first: this.#first, events });
        this.#refusal = "";
      } catch (error) {
        if (error instanceof UnreachableError) {
          await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
          continue;
        }
        this.#refusal = error instanceof Error ? error.message : String(error);
      }
      this.#first += events.length;
      this.#waiting = this.#waiting.slice(events.length);
    }
    this.#sending = false;
  }
}

const known = new Map<string, Telling>();

export function tellingOf(experiment: string): Telling {
  const found = known.get(experiment) ?? new Telling(experiment);
  known.set(experiment, found);
  return found;
}
