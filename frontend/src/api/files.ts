/** Requests about folders, files and logs, and the addresses of files. */
import { encodeLabel } from "../lib/ids";
import { getJson, keyed, query, send } from "./http";
import type { FolderPage, ItemAddress, LogPage, LogSearchPage } from "./messages";

export const fetchFolder = (experiment: string, path: string, signal?: AbortSignal) =>
  getJson<FolderPage>(`api/folders/${experiment}/${path}`, signal);

/** Which lines of a log: by default the last ones; offsets in bytes (docs/protocol.md). */
export interface LogRange {
  start?: number | undefined;
  end?: number | undefined;
  near?: number | undefined;
  lines?: number;
  /** Only records of these. */
  tag?: readonly string[];
}

export const fetchLog = (experiment: string, path: string, range: LogRange = {}, signal?: AbortSignal) =>
  getJson<LogPage>(`api/logs/${experiment}/${path}${query({ ...range })}`, signal);

export interface LogSearchRequest {
  text: string;
  regex?: boolean;
  from?: number | undefined;
  backwards?: boolean;
  limit?: number;
  /** Only records of these. */
  tag?: readonly string[];
}

export const searchLog = (experiment: string, path: string, search: LogSearchRequest, signal?: AbortSignal) =>
  getJson<LogSearchPage>(`api/log-search/${experiment}/${path}${query({ ...search })}`, signal);

/** The raw text of a file of an experiment (`path` is an id). */
export async function fetchText(experiment: string, path: string, signal?: AbortSignal): Promise<string> {
  return (await send(`api/files/${experiment}/${path}`, { signal }, "*/*")).text();
}

/** The beginning of a raw file. */
export interface FileHead {
  bytes: Uint8Array;
  /** Of the whole file. */
  size: number;
}

/** At most so many bytes of it; a file that is shorter is read to its end. */
export async function fetchFileHead(
  experiment: string,
  path: string,
  most: number,
  signal?: AbortSignal,
): Promise<FileHead> {
  const response = await send(`api/files/${experiment}/${path}`, { signal }, "*/*");
  const size = Number(response.headers.get("Content-Length"));
  const bytes = new Uint8Array(Math.min(size, most));
  const reader = response.body?.getReader();
  let length = 0;
  while (reader && length < bytes.length) {
    const { done, value } = await reader.read();
    if (done) break;
    bytes.set(value.subarray(0, bytes.length - length), length);
    length += value.length;
  }
  await reader?.cancel();
  return { bytes: bytes.subarray(0, length), size };
}

/** The bytes of a file of an experiment (`path` is an id), unless there are more than `limitBytes`. */
export async function fetchBytes(
  experiment: string,
  path: string,
  signal: AbortSignal,
  limitBytes = Infinity,
): Promise<ArrayBuffer> {
  const response = await send(`api/files/${experiment}/${path}`, { signal }, "*/*");
  if (Number(response.headers.get("Content-Length")) > limitBytes) {
    await response.body?.cancel();
    throw new Error(`It is larger than ${limitBytes / 2 ** 20} MiB, the most that is shown of it.`);
  }
  return response.arrayBuffer();
}

/** The bytes of a file at an address of this module's; null if there are more than `most`. */
export async function fetchAddress(
  address: string,
  most: number,
  signal?: AbortSignal,
): Promise<ArrayBuffer | null> {
  const response = await send(address, { signal }, "*/*");
  if (Number(response.headers.get("Content-Length")) <= most) return response.arrayBuffer();
  await response.body?.cancel();
  return null;
}

/** Address of a raw file of an experiment, for `<a>`, `<img>`, `<video>`. `path` is an id. */
export function fileAddress(
  experiment: string,
  path: string,
  options: { download?: boolean; version?: string } = {},
): string {
  const { download, version } = options;
  return keyed(`api/files/${experiment}/${path}`, { download: download ? 1 : undefined, v: version });
}

/** Address of what an item shows that lies outside of the tree (`media://`), for elements that load it themselves. */
export function outsideAddress({ experiment, kind, label, step }: ItemAddress, version: string): string {
  return keyed(`api/${kind}/${experiment}/${step ?? "global"}/${encodeLabel(label)}`, { v: version });
}

/** Address of what the server names by a path of its own (`api/files/...`), with what access needs. */
export function addressOfPath(path: string): string {
  return keyed(path, {});
}
