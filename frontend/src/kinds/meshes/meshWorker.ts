/** Reads mesh files beside the page, which stays usable meanwhile. */
import { readShape } from "./readShape";
import { buffersOf, type Shape } from "./shape";

export interface Question {
  content: ArrayBuffer;
  suffix: string;
}

export type Answer = { shape: Shape } | { error: string };

addEventListener("message", ({ data: { content, suffix } }: MessageEvent<Question>) => {
  readShape(content, suffix).then(
    (shape) => answer({ shape }, buffersOf(shape)),
    (error: unknown) => answer({ error: error instanceof Error ? error.message : String(error) }, []),
  );
});

function answer(message: Answer, transfer: ArrayBufferLike[]): void {
  // The library's types are those of a page; a worker's postMessage has the same parameters.
  postMessage(message, { transfer: transfer as Transferable[] });
}
