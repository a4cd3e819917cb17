/** The vectors of one embedding, which live in a worker. `close` it in the end. */
import type { Metric, Neighbour, Projection } from "./vectors";
import type { Answers, Question } from "./vectorsWorker";

interface Waiting {
  resolve: (answer: never) => void;
  reject: (error: Error) => void;
}

export class VectorsClient {
  readonly #worker = new Worker(new URL("./vectorsWorker.ts", import.meta.url), { type: "module" });
  readonly #waiting = new Map<number, Waiting>();
  #requests = 0;

  constructor() {
    this.#worker.onmessage = ({ data }: MessageEvent<{ request: number; answer: never; error?: string }>) => {
      const waiting = this.#waiting.get(data.request);
      this.#waiting.delete(data.request);
      if (data.error === undefined) waiting?.resolve(data.answer);
      else waiting?.reject(new Error(data.error));
    };
    this.#worker.onerror = () => this.#giveUp("there is not enough memory, or a part of the page is missing");
  }

  /** Takes the content of a `.npy` file away from the caller. */
  open(content: ArrayBuffer): Promise<Answers["open"]> {
    return this.#ask({ ask: "open", content }, [content]);
  }

  principal(rows: Uint32Array): Promise<Projection> {
    return this.#ask({ ask: "principal", rows });
  }

  nearest(to: number, most: number, metric: Metric): Promise<Neighbour[]> {
    return this.#ask({ ask: "nearest", to, most, metric });
  }

  close(): void {
    this.#worker.terminate();
    this.#waiting.clear();
  }

  #ask<Answer>(question: Question, transfer: Transferable[] = []): Promise<Answer> {
    const request = ++this.#requests;
    return new Promise<Answer>((resolve, reject) => {
      this.#waiting.set(request, { resolve, reject });
      this.#worker.postMessage({ request, question }, transfer);
    });
  }

  #giveUp(reason: string): void {
    for (const { reject } of this.#waiting.values()) reject(new Error(reason));
    this.#waiting.clear();
  }
}
