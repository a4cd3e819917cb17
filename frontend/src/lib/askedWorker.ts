/** A worker that is asked questions, each with one answer; its side is answerQuestions.ts. `close` it in the end. */

interface Waiting {
  resolve: (answer: never) => void;
  reject: (error: Error) => void;
  limit: ReturnType<typeof setTimeout> | undefined;
}

export interface AskedWorkerOptions {
  /** What is said where the worker itself cannot go on. */
  broken: string;
  /** In front of what the worker says of a question that it cannot answer. */
  refused?: string;
  /** A question that takes longer ends the worker, and this is said. */
  limit?: { ms: number; said: string };
}

export class AskedWorker<Question> {
  readonly #worker: Worker;
  readonly #options: AskedWorkerOptions;
  readonly #waiting = new Map<number, Waiting>();
  #requests = 0;

  constructor(worker: Worker, options: AskedWorkerOptions) {
    this.#worker = worker;
    this.#options = options;
    worker.onmessage = ({ data }: MessageEvent<{ request: number; answer: never; error?: string }>) => {
      const waiting = this.#waiting.get(data.request);
      this.#waiting.delete(data.request);
      clearTimeout(waiting?.limit);
      if (data.error === undefined) waiting?.resolve(data.answer);
      else waiting?.reject(new Error(`${options.refused ?? ""}${data.error}`));
    };
    worker.onerror = () => this.#giveUp(options.broken);
  }

  /** `transfer`: what of the question is taken away from the caller. */
  ask<Answer>(question: Question, transfer: Transferable[] = []): Promise<Answer> {
    const request = ++this.#requests;
    const { limit } = this.#options;
    return new Promise<Answer>((resolve, reject) => {
      const timer = limit && setTimeout(() => this.#end(limit.said), limit.ms);
      this.#waiting.set(request, { resolve, reject, limit: timer });
      this.#worker.postMessage({ request, question }, transfer);
    });
  }

  /** Nobody hears of what was still asked. */
  close(): void {
    this.#worker.terminate();
    for (const { limit } of this.#waiting.values()) clearTimeout(limit);
    this.#waiting.clear();
  }

  #end(reason: string): void {
    this.#worker.terminate();
    this.#giveUp(reason);
  }

  #giveUp(reason: string): void {
    for (const { reject, limit } of this.#waiting.values()) {
      clearTimeout(limit);
      reject(new Error(reason));
    }
    this.#waiting.clear();
  }
}
