/** Where a board is kept: in a file of the root, or in the address of the page. */
import { fetchBoard, previewBoard } from "../../api/boards";
import { RefusedError } from "../../api/http";
import type { BoardOperation, BoardPage, WriteBoard } from "../../api/messages";
import { perform } from "../../state/edits.svelte";

/** The file of a board that has nothing yet. */
export const EMPTY_BOARD = "panels: []\n";

/** `text`: instead of what is there. */
export type BoardEdit = { operations: BoardOperation[] } | { text: string };

/** `refused`: why, in words; what was asked for is no board. `failed`: it was not answered, and may be tried again. */
export type Written = { is: "done" | "conflict" | "failed" } | { is: "refused"; reason: string };

export interface BoardStore {
  load: (signal?: AbortSignal) => Promise<BoardPage>;
  /** `match`: the state that who edits has seen. */
  write: (edit: BoardEdit, match: string) => Promise<Written>;
}

/** An edit of a board: what is not said of it is not changed. */
export function boardEdit(
  wanted: Pick<WriteBoard, "board" | "match"> & Partial<WriteBoard>,
): { action: "board" } & WriteBoard {
  return { operations: [], text: null, name: null, ...wanted, action: "board" };
}

export function fileStore(board: string): BoardStore {
  return {
    load: (signal) => fetchBoard(board, signal),
    async write(edit, match) {
      // A toast for each time that a panel is dragged would cover the board; Ctrl+Z takes it back all the same.
      const answer = await perform(boardEdit({ board, match, ...edit }), { tells: "successes", quiet: true });
      if (answer === null) return { is: "failed" };
      const refused = answer.refused[0];
      if (!refused) return { is: "done" };
      return refused.conflict ? { is: "conflict" } : { is: "refused", reason: refused.reason };
    },
  };
}

/** `word`: the board's file, as it stands in the address. It changes as a file does: what is not changed stays as it is. */
export function addressStore(word: { value: string }): BoardStore {
  const text = () => word.value || EMPTY_BOARD;
  return {
    load: (signal) => previewBoard(text(), signal),
    async write(edit) {
      try {
        word.value =
          "text" in edit ? edit.text : (await previewBoard(text(), undefined, edit.operations)).text;
        return { is: "done" };
      } catch (error) {
        return error instanceof RefusedError ? { is: "refused", reason: error.message } : { is: "failed" };
      }
    },
  };
}
