/** What is made of histograms: percentiles, densities, moments. */
import type { Range } from "../../charts/ranges";

/** `counts[i]` values lie from `edges[i]` to `edges[i + 1]`. The rest is null where it is not known. */
export interface Histogram {
  edges: readonly number[];
  counts: readonly number[];
  min: number | null;
  max: number | null;
  sum: number | null;
  sum_squares: number | null;
  not_finite: number;
}

export const PERCENTILES = [0, 5, 25, 50, 75, 95, 100] as const;

export function totalOf({ counts }: Pick<Histogram, "counts">): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/** The values that so many of 100 lie below, taken as evenly spread within each bin; null if the histogram is empty. */
export function percentilesOf(
  histogram: Pick<Histogram, "edges" | "counts" | "min" | "max">,
  wanted: readonly number[] = PERCENTILES,
): number[] | null {
  const total = totalOf(histogram);
  if (total === 0) return null;
  const { edges, counts } = histogram;
  const [low, high] = extentOfValues(histogram);
  return wanted.map((percent) => {
    let left = (percent / 100) * total;
    for (let bin = 0; bin < counts.length; bin++) {
      const count = counts[bin]!;
      if (count > 0 && left <= count) {
        const value = edges[bin]! + ((edges[bin + 1]! - edges[bin]!) * left) / count;
        return Math.min(high, Math.max(low, value));
      }
      left -= count;
    }
    return high;
  });
}

/** Where the values lie: from the smallest to the largest if these are known, else the bins that hold something. */
export function extentOfValues({
  edges,
  counts,
  min,
  max,
}: Pick<Histogram, "edges" | "counts" | "min" | "max">): Range {
  const first = Math.max(
    0,
    counts.findIndex((count) => count > 0),
  );
  const last = counts.findLastIndex((count) => count > 0);
  return [min ?? edges[first]!, max ?? edges[last < 0 ? counts.length : last + 1]!];
}

/** Per bin: which share of all values lies in it, by its width. So bins of any width can be compared. */
export function densitiesOf({ edges, counts }: Pick<Histogram, "edges" | "counts">): number[] {
  const total = totalOf({ counts }) || 1;
  return counts.map((count, bin) => {
    const width = edges[bin + 1]! - edges[bin]!;
    return width > 0 ? count / total / width : 0;
  });
}

export interface Moments {
  mean: number;
  deviation: number;
}

/** null where the sums are not known or nothing was counted. */
export function momentsOf(histogram: Histogram): Moments | null {
  const total = totalOf(histogram);
  if (total === 0 || histogram.sum === null || histogram.sum_squares === null) return null;
  const mean = histogram.sum / total;
  // Rounding can bring it below 0.
  const variance = Math.max(0, histogram.sum_squares / total - mean ** 2);
  return { mean, deviation: Math.sqrt(variance) };
}

/** The bin in which a value lies; -1: in none. */
export function binOf(edges: readonly number[], value: number): number {
  const last = edges.length - 2;
  if (!(value >= edges[0]! && value <= edges[last + 1]!)) return -1;
  const bin = edges.findIndex((edge) => edge > value) - 1;
  return bin < 0 ? last : bin;
}
