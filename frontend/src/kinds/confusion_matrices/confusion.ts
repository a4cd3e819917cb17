/** What is read from a confusion matrix: a row for each actual class, a column for each predicted one. */
export type Normalisation = "counts" | "rows" | "columns";

/** Shares of each row's or column's sum; where that is 0, so are its shares. */
export function normalised(counts: readonly (readonly number[])[], by: Normalisation): number[][] {
  if (by === "counts") return counts.map((row) => [...row]);
  const sums = by === "rows" ? rowSums(counts) : columnSums(counts);
  return counts.map((row, actual) =>
    row.map((count, predicted) => {
      const sum = sums[by === "rows" ? actual : predicted]!;
      return sum > 0 ? count / sum : 0;
    }),
  );
}

export function rowSums(counts: readonly (readonly number[])[]): number[] {
  return counts.map((row) => row.reduce((sum, count) => sum + count, 0));
}

export function columnSums(counts: readonly (readonly number[])[]): number[] {
  return counts.map((_, column) => counts.reduce((sum, row) => sum + row[column]!, 0));
}

/** The share of what was taken for what it is; null if nothing was counted. */
export function accuracy(counts: readonly (readonly number[])[]): number | null {
  const total = rowSums(counts).reduce((sum, count) => sum + count, 0);
  return total > 0 ? counts.reduce((sum, row, index) => sum + row[index]!, 0) / total : null;
}
