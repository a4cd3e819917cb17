/** Every request to the server but the feed, typed. Each can be given up with a signal; a refusal is a `RefusedError`. */
import { encodeLabel } from "../lib/ids";
import { accessHeaders, addressKey, addressOf } from "./access";
import type { AggregatesAnswer } from "./aggregates";
import type {
  AggregatesRequest,
  AnnotationsPage,
  AnnotationsRequest,
  Catalogue,
  ComparisonRequest,
  DetectionsPage,
  DetectionsRequest,
  Edit,
  EditAnswer,
  EditRequest,
  EditsPage,
  FilterAnswer,
  FilterRequest,
  FolderPage,
  GroupComparison,
  ImportanceAnswer,
  ImportanceRequest,
  HistoryPage,
  Item,
  ItemAddress,
  ItemsPage,
  LogPage,
  LogSearchPage,
  MarkdownPage,
  MatchesPage,
  MatchesRequest,
  MediaPreview,
  NotesPage,
  NotesPreview,
  PicturesPage,
  PicturesRequest,
  PollAnswer,
  PollRequest,
  ProblemsPage,
  ProjectionLine,
  ProjectionRequest,
  Refusal,
  RangesPage,
  RangesRequest,
  RootPage,
  ScalarLabelsPage,
  SeriesRequest,
  TrashPage,
  UsagePage,
  UsageRequest,
  ValuesPage,
  ValuesRequest,
} from "./messages";
import type { SeriesAnswer } from "./series";

const AGGREGATES_TYPE = "application/vnd.lavdlike.aggregates";
const SERIES_TYPE = "application/vnd.lavdlike.series";

/** The server's answer was no: what is wrong and what to do. */
export class RefusedError extends Error {
  readonly status: number;
  readonly hint: string;

  constructor(status: number, refusal: Refusal) {
    super(refusal.error);
    this.name = "RefusedError";
    this.status = status;
    this.hint = refusal.hint;
  }
}

/** No answer came: the server is gone or the way to it. */
export class UnreachableError extends Error {
  constructor(cause: unknown) {
    super("The server does not answer.", { cause });
    this.name = "UnreachableError";
  }
}

export function isAborted(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}

let onSignedOut: () => void = () => undefined;

/** What to do when the server no longer knows this browser (401). */
export function whenSignedOut(action: () => void): void {
  onSignedOut = action;
}

export const fetchRoot = (signal?: AbortSignal) => getJson<RootPage>("api/root", signal);

export const fetchCatalogue = (experiment: string, signal?: AbortSignal) =>
  getJson<Catalogue>(`api/experiments/${experiment}`, signal);

/** At most 500 items; null for what is not there. */
export const fetchItems = async (items: ItemAddress[], signal?: AbortSignal): Promise<(Item | null)[]> =>
  (await postJson<ItemsPage>("api/items", { items }, signal)).items;

/** `undefined` is left out. */
export type PartParameters = Readonly<Record<string, string | number | boolean | undefined>>;

/** A part of an item's content, as its kind reads it (lavdlike/kinds/). */
export const fetchPart = <Part>(
  { experiment, kind, label, step }: ItemAddress,
  asked: PartParameters,
  signal?: AbortSignal,
): Promise<Part> =>
  getJson(`api/parts/${experiment}/${kind}/${step ?? "global"}/${encodeLabel(label)}${query(asked)}`, signal);

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

export const fetchMarkdown = (experiment: string, path: string, signal?: AbortSignal) =>
  getJson<MarkdownPage>(`api/markdown/${experiment}/${path}`, signal);

export const fetchScalarLabels = (experiments: string[], signal?: AbortSignal) =>
  postJson<ScalarLabelsPage>("api/scalars/labels", { experiments }, signal);

export function fetchAnnotations(experiments: string[], signal?: AbortSignal): Promise<AnnotationsPage> {
  const request: AnnotationsRequest = { experiments };
  return postJson("api/annotations", request, signal);
}

/** Sets of boxes that lie in other programs' files, and those of our own pictures. */
export const fetchDetections = (request: DetectionsRequest, signal?: AbortSignal) =>
  postJson<DetectionsPage>("api/detections", request, signal);

export const fetchPictureDetections = (request: PicturesRequest, signal?: AbortSignal) =>
  postJson<PicturesPage>("api/detections/pictures", request, signal);

export const fetchMatches = (request: MatchesRequest, signal?: AbortSignal) =>
  postJson<MatchesPage>("api/detections/matches", request, signal);

export async function fetchSeries(request: SeriesRequest, signal?: AbortSignal): Promise<SeriesAnswer> {
  const sent = send("api/scalars/series", { ...jsonBody(request), signal }, SERIES_TYPE);
  // Most pages have no use for it.
  const [response, { decodeSeries }] = await Promise.all([sent, import("./series")]);
  return decodeSeries(await response.arrayBuffer(), request.x_label !== "");
}

/** Which experiments a filter lets through. What is left out is as `FilterRequest` says it. */
export const fetchFilter = (request: Partial<FilterRequest>, signal?: AbortSignal) =>
  postJson<FilterAnswer>("api/filter", request, signal);

/** The difference of two groups' means, with its interval. */
export const compareGroups = (request: ComparisonRequest, signal?: AbortSignal) =>
  postJson<GroupComparison>("api/compare-groups", request, signal);

/** Which settings go along with a result. A forest takes seconds. */
export const fetchImportance = (request: ImportanceRequest, signal?: AbortSignal) =>
  postJson<ImportanceAnswer>("api/importance", request, signal);

/** Exact values of series at one place; of those without a point there or earlier, none. */
export const fetchValues = (request: ValuesRequest, signal?: AbortSignal) =>
  postJson<ValuesPage>("api/scalars/values", request, signal);

/** One line a group and label that has points. */
export async function fetchAggregates(
  request: AggregatesRequest,
  signal?: AbortSignal,
): Promise<AggregatesAnswer> {
  const sent = send("api/scalars/aggregates", { ...jsonBody(request), signal }, AGGREGATES_TYPE);
  // Most pages have no use for it.
  const [response, { decodeAggregates }] = await Promise.all([sent, import("./aggregates")]);
  return decodeAggregates(await response.arrayBuffer());
}

/** What the values of series come to between two places. */
export const fetchRanges = (request: RangesRequest, signal?: AbortSignal) =>
  postJson<RangesPage>("api/scalars/ranges", request, signal);

export const fetchProblems = (signal?: AbortSignal) => getJson<ProblemsPage>("api/problems", signal);

/** What became of an edit; also if nothing was changed, because everything was in another state than the one seen (409). */
export async function sendEdit(edit: Edit): Promise<EditAnswer> {
  const request: EditRequest = { edit };
  const response = await send("api/edits", { ...jsonBody(request), signal: undefined, alsoTaken: 409 });
  return (await response.json()) as EditAnswer;
}

export const fetchEdits = (signal?: AbortSignal) => getJson<EditsPage>("api/edits", signal);

export const fetchNotes = (experiment: string, signal?: AbortSignal) =>
  getJson<NotesPage>(`api/notes/${experiment}`, signal);

/** What notes that are not saved look like. */
export async function previewNotes(experiment: string, text: string, signal?: AbortSignal): Promise<string> {
  const preview: NotesPreview = { text };
  return (await postJson<NotesPage>(`api/notes/${experiment}`, preview, signal)).html;
}

/** Earlier states of a file of an experiment that people write. */
export const fetchHistory = (experiment: string, file: string, signal?: AbortSignal) =>
  getJson<HistoryPage>(`api/history/${experiment}/${file}`, signal);

/** What patterns would make of the files of an experiment outside of steps. */
export function fetchMediaPreview(
  experiment: string,
  patterns: readonly string[],
  signal?: AbortSignal,
): Promise<MediaPreview> {
  const asked = new URLSearchParams(patterns.map((match) => ["match", match]));
  return getJson(`api/media/${experiment}?${asked}`, signal);
}

export const fetchTrash = (signal?: AbortSignal) => getJson<TrashPage>("api/trash", signal);

export function fetchUsage(experiments: string[], signal?: AbortSignal): Promise<UsagePage> {
  const request: UsageRequest = { experiments };
  return postJson("api/usage", request, signal);
}

export const poll = (request: PollRequest, signal?: AbortSignal) =>
  postJson<PollAnswer>("api/poll", request, signal);

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

/** Vectors laid out by the server; `tell`: how far it is, 0 to 1. */
export async function fetchProjection(
  request: ProjectionRequest,
  tell: (progress: number) => void,
  signal: AbortSignal,
): Promise<Float32Array> {
  const { body } = await send("api/projections", { ...jsonBody(request), signal }, "application/x-ndjson");
  const reader = body!.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) throw new UnreachableError("the answer ended early");
    const lines = (rest + value).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const { progress, places, error } = JSON.parse(line) as Partial<ProjectionLine>;
      if (error) throw new Error(error);
      if (places) return Float32Array.from(places);
      if (progress !== null && progress !== undefined) tell(progress);
    }
  }
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

/** Address of what the server names by a path of its own (`api/files/...`), with what access needs. */
export function addressOfPath(path: string): string {
  return keyed(path, {});
}

export type PictureSize = 64 | 128 | 256 | 512 | 1024;

/**
 * An image item as a browser can show it: a thumbnail, or the full picture without `size`. As data and not by an address
 * in `<img>`: so it can be given up, and says why there is no picture.
 */
export async function fetchPicture(
  address: { experiment: string; step: number | null; label: string },
  options: { size?: PictureSize | undefined; version?: string | undefined } = {},
  signal?: AbortSignal,
): Promise<Blob> {
  const { experiment, step, label } = address;
  const path = `api/pictures/${experiment}/${step ?? "global"}/${encodeLabel(label)}`;
  return (await send(path + query({ size: options.size, v: options.version }), { signal }, "image/*")).blob();
}

type Parameter = string | number | boolean | undefined;
type Parameters = Record<string, Parameter | readonly string[]>;

function keyed(path: string, parameters: Parameters): string {
  return addressOf(path + query({ ...parameters, key: addressKey() ?? undefined })).href;
}

function query(parameters: Parameters): string {
  const text = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    for (const each of Array.isArray(value) ? (value as readonly string[]) : [value as Parameter]) {
      if (each !== undefined && each !== false) text.append(name, each === true ? "1" : String(each));
    }
  }
  return text.size > 0 ? `?${text}` : "";
}

async function getJson<Answer>(path: string, signal?: AbortSignal): Promise<Answer> {
  return (await send(path, { signal })).json() as Promise<Answer>;
}

export async function postJson<Answer>(path: string, body: unknown, signal?: AbortSignal): Promise<Answer> {
  return (await send(path, { ...jsonBody(body), signal })).json() as Promise<Answer>;
}

function jsonBody(body: unknown) {
  return { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
}

interface Sending {
  method?: string;
  body?: string;
  headers?: Record<string, string>;
  signal: AbortSignal | undefined;
  /** A status that is no refusal, beside those of success. */
  alsoTaken?: number;
}

async function send(path: string, sending: Sending, accept = "application/json"): Promise<Response> {
  const { signal, headers, alsoTaken, ...rest } = sending;
  let response: Response;
  try {
    response = await fetch(addressOf(path), {
      ...rest,
      headers: { Accept: accept, ...accessHeaders(), ...headers },
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    throw isAborted(error) ? error : new UnreachableError(error);
  }
  if (response.ok || response.status === alsoTaken) return response;
  if (response.status === 401) onSignedOut();
  throw new RefusedError(response.status, await readRefusal(response));
}

async function readRefusal(response: Response): Promise<Refusal> {
  try {
    const refusal = (await response.json()) as Partial<Refusal>;
    if (refusal.error) return { error: refusal.error, hint: refusal.hint ?? "" };
  } catch {
    // A proxy's own page, not an answer of ours.
  }
  const hint = "The answer is not lavdlike's: look at what stands between the browser and the server.";
  return { error: `${response.status} ${response.statusText}`.trim(), hint };
}
