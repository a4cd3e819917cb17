/** Requests about items: what they hold, their pictures, their boxes. */
import { encodeLabel } from "../lib/ids";
import { UnreachableError, getJson, jsonBody, postJson, query, send } from "./http";
import type {
  DetectionsPage,
  DetectionsRequest,
  Item,
  ItemAddress,
  ItemsPage,
  MarkdownPage,
  MatchesPage,
  MatchesRequest,
  PicturesPage,
  PicturesRequest,
  ProjectionLine,
  ProjectionRequest,
} from "./messages";

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

export const fetchMarkdown = (experiment: string, path: string, signal?: AbortSignal) =>
  getJson<MarkdownPage>(`api/markdown/${experiment}/${path}`, signal);

/** Sets of boxes that lie in other programs' files, and those of our own pictures. */
export const fetchDetections = (request: DetectionsRequest, signal?: AbortSignal) =>
  postJson<DetectionsPage>("api/detections", request, signal);

export const fetchPictureDetections = (request: PicturesRequest, signal?: AbortSignal) =>
  postJson<PicturesPage>("api/detections/pictures", request, signal);

export const fetchMatches = (request: MatchesRequest, signal?: AbortSignal) =>
  postJson<MatchesPage>("api/detections/matches", request, signal);

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
