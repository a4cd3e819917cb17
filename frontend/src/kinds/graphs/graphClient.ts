/** One graph, which lives in a worker. `close` it in the end. */
import type { GraphPart } from "../../api/messages";
import type { Answers, Question } from "./graphWorker";
import type { PartId } from "./groupedGraph";
import type { Direction } from "./levelLayout";

interface Waiting {
  resolve: (answer: never) => void;
  reject: (error: Error) => void;
  limit: ReturnType<typeof setTimeout>;
}

const LIMIT_MS = 60_000;

export class GraphClient {
  readonly #worker = new Worker(new URL("./graphWorker.ts", import.meta.url), { type: "module" });
  readonly #waiting = new Map<number, Waiting>();
  #requests = 0;

  constructor() {
    this.#worker.onmessage = ({ data }: MessageEvent<{ request: number; answer: never; error?: string }>) => {
      const waiting = this.#waiting.get(data.request);
      this.#waiting.delete(data.request);
      clearTimeout(waiting?.limit);
      if (data.error === undefined) waiting?.resolve(data.answer);
      else waiting?.reject(new Error(`This graph cannot be laid out: ${data.error}`));
    };
    this.#worker.onerror = () =>
      this.#giveUp("There is not enough memory, or a part of the page is missing.");
  }

  open(part: GraphPart): Promise<Answers["open"]> {
    return this.#ask({ ask: "open", part });
  }

  draw(open: string[], direction: Direction, around: PartId | null): Promise<Answers["draw"]> {
    return this.#ask({ ask: "draw", open, direction, around });
  }

  search(text: string, most: number): Promise<Answers["search"]> {
    return this.#ask({ ask: "search", text, most });
  }

  about(part: PartId): Promise<Answers["about"]> {
    return this.#ask({ ask: "about", part });
  }

  holders(part: PartId): Promise<Answers["holders"]> {
    return this.#ask({ ask: "holders", part });
  }

  /** Nobody hears of what was still asked. */
  close(): void {
    this.#worker.terminate();
    for (const { limit } of this.#waiting.values()) clearTimeout(limit);
    this.#waiting.clear();
  }

  #ask<Answer>(question: Question): Promise<Answer> {
    const request = ++this.#requests;
    return new Promise<Answer>((resolve, reject) => {
      const limit = setTimeout(() => {
        this.#worker.terminate();
        this.#giveUp(`Laying it out takes longer than ${LIMIT_MS / 1000} s: fold some of its groups.`);
      }, LIMIT_MS);
      this.#waiting.set(request, { resolve, reject, limit });
      this.#worker.postMessage({ request, question });
    });
  }

  #giveUp(reason: string): void {
    for (const { reject, limit } of this.#waiting.values()) {
      clearTimeout(limit);
      reject(new Error(reason));
    }
    this.#waiting.clear();
  }
}
