/** Requests of edits, and about what people write. */
import { getJson, jsonBody, postJson, send } from "./http";
import type {
  Edit,
  EditAnswer,
  EditRequest,
  EditsPage,
  HistoryPage,
  MediaPreview,
  NotesPage,
  NotesPreview,
  TrashPage,
} from "./messages";

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
