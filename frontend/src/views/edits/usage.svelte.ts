/** What experiments take on the disk, asked for some at a time. */
import { isAborted } from "../../api/http";
import { fetchUsage } from "../../api/root";
import type { ExperimentUsage, KindUsage } from "../../api/messages";

const AT_ONCE = 20;

export interface Usage {
  readonly of: ReadonlyMap<string, ExperimentUsage>;
  /** All that was asked for is there. */
  readonly isDone: boolean;
  readonly error: Error | null;
}

/** Asks again when others are wanted, or `version` is another. Call it while a component is made. */
export function useUsage(wanted: () => readonly string[], version: () => number = () => 0): Usage {
  let of = $state.raw<ReadonlyMap<string, ExperimentUsage>>(new Map());
  let isDone = $state(false);
  let error = $state.raw<Error | null>(null);
  // Rows are made anew all the time; equal ids are no other wish.
  const ids = $derived(wanted().join("\n"));

  $effect(() => {
    void version();
    const stop = new AbortController();
    void ask(ids === "" ? [] : ids.split("\n"), stop.signal);
    return () => stop.abort();
  });

  async function ask(all: string[], signal: AbortSignal) {
    isDone = false;
    error = null;
    try {
      for (let at = 0; at < all.length; at += AT_ONCE) {
        const { experiments } = await fetchUsage(all.slice(at, at + AT_ONCE), signal);
        if (signal.aborted) return;
        const known = new Map(of);
        for (const usage of experiments) known.set(usage.experiment, usage);
        of = known;
      }
      isDone = true;
    } catch (failure) {
      if (!signal.aborted && !isAborted(failure)) error = failure as Error;
    }
  }

  return {
    get of() {
      return of;
    },
    get isDone() {
      return isDone;
    },
    get error() {
      return error;
    },
  };
}

/** What several take together; by kind, the largest first. */
export function total(usages: readonly ExperimentUsage[]): {
  size_bytes: number;
  files: number;
  kinds: KindUsage[];
} {
  const kinds = new Map<string, KindUsage>();
  let [size_bytes, files] = [0, 0];
  for (const usage of usages) {
    size_bytes += usage.size_bytes;
    files += usage.files;
    for (const { kind, ...own } of usage.kinds) {
      const sum = kinds.get(kind) ?? { kind, files: 0, size_bytes: 0, steps: 0 };
      kinds.set(kind, {
        kind,
        files: sum.files + own.files,
        size_bytes: sum.size_bytes + own.size_bytes,
        steps: Math.max(sum.steps, own.steps),
      });
    }
  }
  return { size_bytes, files, kinds: [...kinds.values()].sort((a, b) => b.size_bytes - a.size_bytes) };
}
