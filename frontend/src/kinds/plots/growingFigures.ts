/** Figures of files, where one that grows is read on from where it was read to. */
import { fetchText } from "../../api/files";
import { send } from "../../api/http";
import type { ItemOf } from "../../api/messages";
import { afterLines, type Figure, type FoldedFigure } from "./figure";

const GROWING = /\.plotly\.jsonl$/i;
/** So much of what is known is asked for again, to see that the file goes on as it was. */
const OVERLAP_BYTES = 64;
const KEPT = 24;
const BEYOND_THE_END = 416;

interface Known {
  /** The file's number on its disk: another one is another file of this name. */
  inode: string;
  /** Whole lines up to here. */
  readTo: number;
  /** The last bytes of them. */
  end: Uint8Array;
  figure: FoldedFigure;
}

const known = new Map<string, Known>();
/** Of each file, the reading that is on its way: the next one goes on behind it. */
const reading = new Map<string, Promise<unknown>>();

export async function fetchFigure(
  experiment: string,
  path: string,
  signal: AbortSignal,
  item: ItemOf<"plots">,
): Promise<Figure> {
  if (!GROWING.test(path)) return fetchText(experiment, path, signal);
  const inode = inodeOf(item.files[0]?.etag ?? "");
  const key = `${experiment}/${path}`;
  const before = reading.get(key) ?? Promise.resolve();
  const read = before.then(() => readOn(key, inode, signal));
  const settled = read.catch(() => undefined);
  reading.set(key, settled);
  void settled.then(() => reading.get(key) === settled && reading.delete(key));
  return read;
}

async function readOn(key: string, inode: string, signal: AbortSignal): Promise<Figure> {
  const from = known.get(key);
  if (from?.inode === inode) {
    const first = from.readTo - from.end.length;
    const range = { Range: `bytes=${first}-` };
    const response = await send(
      `api/files/${key}`,
      { signal, headers: range, alsoTaken: BEYOND_THE_END },
      "*/*",
    );
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (response.status === 206 && goesOn(from.end, bytes)) {
      return keep(key, inode, from, bytes.subarray(from.end.length));
    }
  }
  const response = await send(`api/files/${key}`, { signal }, "*/*");
  return keep(key, inode, null, new Uint8Array(await response.arrayBuffer()));
}

function keep(key: string, inode: string, from: Known | null, bytes: Uint8Array): Figure {
  const whole = bytes.subarray(0, bytes.lastIndexOf(10) + 1);
  const figure = afterLines(from?.figure ?? null, new TextDecoder().decode(whole));
  if (!figure) throw new Error("It does not begin with a plot.");
  const end = whole.length >= OVERLAP_BYTES || !from ? whole : joined(from.end, whole);
  known.delete(key);
  known.set(key, {
    inode,
    readTo: (from?.readTo ?? 0) + whole.length,
    end: end.slice(-OVERLAP_BYTES),
    figure,
  });
  for (const oldest of known.keys()) {
    if (known.size <= KEPT) break;
    known.delete(oldest);
  }
  return figure;
}

function goesOn(end: Uint8Array, bytes: Uint8Array): boolean {
  return bytes.length >= end.length && end.every((byte, place) => byte === bytes[place]);
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

/** What the server names a file's content by ends with it (`etag_of` in lavdlike/disk/root.py). */
function inodeOf(etag: string): string {
  return /-([0-9a-f]+)"$/.exec(etag)?.[1] ?? etag;
}
