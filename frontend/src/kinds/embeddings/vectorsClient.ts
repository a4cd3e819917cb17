/** The vectors of one embedding, which live in a worker. `close` it in the end. */
import { AskedWorker } from "../../lib/askedWorker";
import type { Metric, Neighbour, Projection } from "./vectors";
import type { Answers, Question } from "./vectorsWorker";

export class VectorsClient {
  readonly #worker = new AskedWorker<Question>(
    new Worker(new URL("./vectorsWorker.ts", import.meta.url), { type: "module" }),
    { broken: "there is not enough memory, or a part of the page is missing" },
  );

  /** Takes the content of a `.npy` file away from the caller. */
  open(content: ArrayBuffer): Promise<Answers["open"]> {
    return this.#worker.ask({ ask: "open", content }, [content]);
  }

  principal(rows: Uint32Array): Promise<Projection> {
    return this.#worker.ask({ ask: "principal", rows });
  }

  nearest(to: number, most: number, metric: Metric): Promise<Neighbour[]> {
    return this.#worker.ask({ ask: "nearest", to, most, metric });
  }

  close(): void {
    this.#worker.close();
  }
}
