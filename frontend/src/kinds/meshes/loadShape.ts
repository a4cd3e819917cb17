/** The mesh of a file, read in a worker that is given up when it takes too long. */
import { fetchBytes } from "../../api/files";
import type { Answer, Question } from "./meshWorker";
import type { Shape } from "./shape";

const LIMIT_MS = 60_000;

export async function loadShape(experiment: string, path: string, signal: AbortSignal): Promise<Shape> {
  const content = await fetchBytes(experiment, path, signal);
  const suffix = /\.[^./]*$/.exec(path)?.[0].toLowerCase() ?? "";
  const worker = new Worker(new URL("./meshWorker.ts", import.meta.url), { type: "module" });
  try {
    const answer = await new Promise<Answer>((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<Answer>) => resolve(data);
      worker.onerror = () =>
        resolve({ error: "there is not enough memory, or its reader could not be loaded" });
      setTimeout(() => resolve({ error: `it takes longer than ${LIMIT_MS / 1000} s` }), LIMIT_MS);
      signal.addEventListener("abort", () => reject(signal.reason as Error));
      worker.postMessage({ content, suffix } satisfies Question, [content]);
    });
    if ("error" in answer) throw new Error(`This mesh cannot be read: ${answer.error}`);
    return answer.shape;
  } finally {
    worker.terminate();
  }
}
