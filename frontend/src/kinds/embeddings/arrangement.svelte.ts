/** Where the vectors of an embedding lie: the main directions at once, other methods when the server is done. */
import { isAborted } from "../../api/http";
import { fetchProjection } from "../../api/items";
import type { Embedding } from "./loadEmbedding";
import type { Places } from "./vectors";

export interface Wanted {
  method: "pca" | "tsne" | "umap";
  axes: 2 | 3;
  /** Only these; null: all. */
  rows: Uint32Array | null;
}

export interface Arrangement {
  /** Of `rows`; null: not yet. What was there before stays until then. */
  readonly shown: Arranged | null;
  /** 0 to 1; null: nothing is being computed. */
  readonly progress: number | null;
  readonly error: Error | null;
}

export interface Arranged {
  rows: Uint32Array;
  places: Places;
  /** Of each axis, the part of the variance; empty where that means nothing. */
  explained: readonly number[];
}

/** Call it while a component is made. */
export function useArrangement(embedding: () => Embedding, wanted: () => Wanted): Arrangement {
  let shown = $state.raw<Arranged | null>(null);
  let progress = $state.raw<number | null>(null);
  let error = $state.raw<Error | null>(null);

  $effect(() => {
    const stop = new AbortController();
    void arrange(embedding(), wanted(), stop.signal);
    return () => stop.abort();
  });

  async function arrange(of: Embedding, { method, axes, rows: chosen }: Wanted, signal: AbortSignal) {
    const rows = chosen ?? Uint32Array.from({ length: of.count }, (_, row) => row);
    progress = 0;
    error = null;
    try {
      const arranged =
        method === "pca"
          ? await of.client.principal(rows)
          : { places: await laidOut(of, method, axes, chosen, signal), explained: [] };
      if (!signal.aborted) shown = { rows, ...arranged, places: flat(arranged.places, axes) };
    } catch (failure) {
      if (!signal.aborted && !isAborted(failure)) error = failure as Error;
    } finally {
      if (!signal.aborted) progress = null;
    }
  }

  async function laidOut(
    of: Embedding,
    method: "tsne" | "umap",
    dimensions: 2 | 3,
    rows: Uint32Array | null,
    signal: AbortSignal,
  ): Promise<Places> {
    const { experiment, vectorsPath: path } = of;
    const request = { experiment, path, method, dimensions, rows: rows && [...rows] };
    const found = await fetchProjection(request, (done) => (progress = done), signal);
    return dimensions === 3
      ? found
      : Float32Array.from({ length: (found.length / 2) * 3 }, (_, at) =>
          at % 3 === 2 ? 0 : found[Math.floor(at / 3) * 2 + (at % 3)]!,
        );
  }

  return {
    get shown() {
      return shown;
    },
    get progress() {
      return progress;
    },
    get error() {
      return error;
    },
  };
}

function flat(places: Places, axes: 2 | 3): Places {
  return axes === 3 ? places : places.map((value, at) => (at % 3 === 2 ? 0 : value));
}
