/** One graph, which lives in a worker. `close` it in the end. */
import type { GraphPart } from "../../api/messages";
import { AskedWorker } from "../../lib/askedWorker";
import type { Answers, Question } from "./graphWorker";
import type { PartId } from "./groupedGraph";
import type { Direction } from "./levelLayout";

const LIMIT_MS = 60_000;

export class GraphClient {
  readonly #worker = new AskedWorker<Question>(
    new Worker(new URL("./graphWorker.ts", import.meta.url), { type: "module" }),
    {
      broken: "There is not enough memory, or a part of the page is missing.",
      refused: "This graph cannot be laid out: ",
      limit: {
        ms: LIMIT_MS,
        said: `Laying it out takes longer than ${LIMIT_MS / 1000} s: fold some of its groups.`,
      },
    },
  );

  open(part: GraphPart): Promise<Answers["open"]> {
    return this.#worker.ask({ ask: "open", part });
  }

  draw(open: string[], direction: Direction, around: PartId | null): Promise<Answers["draw"]> {
    return this.#worker.ask({ ask: "draw", open, direction, around });
  }

  search(text: string, most: number): Promise<Answers["search"]> {
    return this.#worker.ask({ ask: "search", text, most });
  }

  about(part: PartId): Promise<Answers["about"]> {
    return this.#worker.ask({ ask: "about", part });
  }

  holders(part: PartId): Promise<Answers["holders"]> {
    return this.#worker.ask({ ask: "holders", part });
  }

  close(): void {
    this.#worker.close();
  }
}
