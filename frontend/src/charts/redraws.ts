/** When one chart is drawn anew: once a frame, however often it is asked for, and only while somebody can see it. */
import { cancelFrame, inFrame, type Work } from "./frames";

export class Redraws {
  readonly #draw: Work;
  readonly #waiting: Work = () => this.#drawn();
  #inSight = true;
  /** Asked for and not done. */
  #isDue = false;

  constructor(draw: Work) {
    this.#draw = draw;
  }

  /** In one of the next frames; out of sight when it is seen again. */
  ask(): void {
    this.#isDue = true;
    if (this.#inSight) inFrame(this.#waiting);
  }

  /** Without waiting for its turn. */
  now(): void {
    cancelFrame(this.#waiting);
    this.#drawn();
  }

  set inSight(inSight: boolean) {
    this.#inSight = inSight;
    if (!inSight) cancelFrame(this.#waiting);
    else if (this.#isDue) inFrame(this.#waiting);
  }

  end(): void {
    this.#isDue = false;
    cancelFrame(this.#waiting);
  }

  #drawn(): number {
    this.#isDue = false;
    return this.#draw();
  }
}
