/** What is known of one vector, in words. */
import type { Embedding } from "./loadEmbedding";

export function textOf({ columns }: Embedding, row: number): string {
  const words = columns.map(({ name, values }) =>
    columns.length > 1 ? `${name}: ${values[row] ?? ""}` : (values[row] ?? ""),
  );
  return words.some((word) => word !== "") ? words.join(", ") : `#${row}`;
}

/** The vectors of which something that is known has the words in it. */
export function rowsWith({ columns, count }: Embedding, words: string): number[] {
  const wanted = words.trim().toLowerCase();
  return Array.from({ length: count }, (_, row) => row).filter((row) =>
    columns.length > 0
      ? columns.some(({ values }) => values[row]?.toLowerCase().includes(wanted))
      : String(row).includes(wanted),
  );
}
