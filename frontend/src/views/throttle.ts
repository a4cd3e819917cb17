/** At once and again after a pause, however often it is asked for in between. */
export class Throttle {
  readonly #action: () => void;
  readonly #pauseMs: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isAskedAgain = false;

  constructor(action: () => void, pauseMs: number) {
    this.#action = action;
    this.#pauseMs = pauseMs;
  }

  readonly ask = (): void => {
    if (this.#timer !== undefined) {
      this.#isAskedAgain = true;
      return;
    }
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#isAskedAgain) this.ask();
    }, this.#pauseMs);
    this.#isAskedAgain = false;
    this.#action();
  };

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
