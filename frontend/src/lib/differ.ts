/** Compares texts beside the page, one pair after the other; what nobody waits for any more is never begun. */
import { Queue } from "./queue";
import type { DiffRequest } from "./diffWorker";
import type { TextDiff } from "./textDiff";

const queue = new Queue(1);
let worker: Worker | null = null;

export function compareTexts(request: DiffRequest, signal: AbortSignal): Promise<TextDiff> {
  return queue.run(() => ask(request), signal);
}

function ask(request: DiffRequest): Promise<TextDiff> {
  const asked = (worker ??= new Worker(new URL("./diffWorker.ts", import.meta.url), { type: "module" }));
  return new Promise((resolve, reject) => {
    asked.onmessage = ({ data }: MessageEvent<TextDiff>) => resolve(data);
    asked.onerror = (event) => {
      asked.terminate();
      worker = null;
      reject(new Error(`The texts could not be compared. ${event.message}`.trim()));
    };
    asked.postMessage(request);
  });
}
