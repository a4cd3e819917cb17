/** The files of an embedding: its vectors in a worker, its labels in columns, its pictures as one. */
import { fetchBytes, fetchText } from "../../api/files";
import type { ItemOf } from "../../api/messages";
import { encodePath } from "../../lib/ids";
import { VectorsClient } from "./vectorsClient";

const MAX_BYTES = 256 * 2 ** 20;

export interface Embedding {
  client: VectorsClient;
  experiment: string;
  /** Of the file of the vectors, an id. */
  vectorsPath: string;
  /** Of the page about one of them that a script writes when it is asked, an id; "": there is none. */
  previewPath: string;
  count: number;
  dimensions: number;
  columns: readonly Column[];
  sprite: ImageBitmap | null;
}

export interface Column {
  name: string;
  values: readonly string[];
}

export async function loadEmbedding(
  experiment: string,
  path: string,
  signal: AbortSignal,
  { content: names }: ItemOf<"embeddings">,
): Promise<Embedding> {
  if (!names) throw new Error("It does not name its files.");
  const { vectors, labels, sprite, preview } = names;
  const beside = (name: string) => path.replace(/[^/]*$/, "") + encodePath(name);
  const vectorsPath = beside(vectors);
  const previewPath = preview ? beside(preview) : "";
  const [content, table, picture] = await Promise.all([
    fetchBytes(experiment, vectorsPath, signal, MAX_BYTES),
    labels ? fetchText(experiment, beside(labels), signal) : "",
    sprite ? loadPicture(experiment, beside(sprite), signal) : null,
  ]);
  const client = new VectorsClient();
  try {
    const { count, dimensions } = await client.open(content);
    const columns = columnsOf(table, count);
    return { client, experiment, vectorsPath, previewPath, count, dimensions, columns, sprite: picture };
  } catch (error) {
    client.close();
    throw new Error(
      `The vectors cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
      {
        cause: error,
      },
    );
  }
}

async function loadPicture(experiment: string, path: string, signal: AbortSignal): Promise<ImageBitmap> {
  return createImageBitmap(new Blob([await fetchBytes(experiment, path, signal, MAX_BYTES)]));
}

/** The columns of a TSV with a header; lines that are missing are empty. */
export function columnsOf(table: string, count: number): Column[] {
  const [header, ...lines] = table.split(/\r?\n/);
  if (!header) return [];
  const rows = lines.slice(0, count).map((line) => line.split("\t"));
  return header
    .split("\t")
    .map((name, at) => ({ name, values: Array.from({ length: count }, (_, row) => rows[row]?.[at] ?? "") }));
}
