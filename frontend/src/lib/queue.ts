/** Work of which only so much is done at once. What waits and is given up is never begun. */
export class Queue {
  readonly #atOnce: number;
  readonly #waiting = new Set<() => void>();
  #running = 0;

  constructor(atOnce: number) {
    this.#atOnce = atOnce;
  }

  /** In the order of the calls. Rejects with the signal's reason when it is given up while it waits. */
  async run<Result>(work: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
    await this.#turn(signal);
    try {
      return await work();
    } finally {
      this.#running--;
      this.#next();
    }
  }

  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const start = () => {
        signal.removeEventListener("abort", giveUp);
        this.#waiting.delete(start);
        this.#running++;
        resolve();
      };
      const giveUp = () => {
        this.#waiting.delete(start);
        reject(signal.reason as Error);
      };
      if (signal.aborted) return giveUp();
      signal.addEventListener("abort", giveUp, { once: true });
      this.#waiting.add(start);
      this.#next();
    });
  }

  #next(): void {
    for (const start of this.#waiting) {
      if (this.#running >= this.#atOnce) return;
      start();
    }
  }
}
