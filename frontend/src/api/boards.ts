/** Requests about boards. Those that change one are edits. */
import { getJson, postJson } from "./http";
import type { BoardOperation, BoardPage, BoardPreview, BoardsPage } from "./messages";

/** Those of the root, or those of an experiment. */
export const fetchBoards = (experiment: string | null, signal?: AbortSignal) =>
  getJson<BoardsPage>(`api/boards${experiment === null ? "" : `?experiment=${experiment}`}`, signal);

export const fetchBoard = (board: string, signal?: AbortSignal) =>
  getJson<BoardPage>(`api/boards/${board}`, signal);

/** What a text that is not saved would show, after these operations. */
export function previewBoard(
  text: string,
  signal?: AbortSignal,
  operations: BoardOperation[] = [],
): Promise<BoardPage> {
  const preview: BoardPreview = { text, operations };
  return postJson("api/boards/preview", preview, signal);
}
