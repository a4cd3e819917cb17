/** Where a board is kept: in a file of the root, or in the address of the page. */
import { fetchBoard, previewBoard } from "../../api/boards";
import type { BoardOperation, BoardPage } from "../../api/messages";
import { perform } from "../../state/edits.svelte";
import { changedFile } from "./filePanels";

/** `text`: instead of what is there. */
export type BoardEdit = { operations: BoardOperation[] } | { text: string };

/** `refused`: why, in words; what was asked for is no board. `failed`: it was not answered, and may be tried again. */
export type Written = { is: "done" | "conflict" | "failed" } | { is: "refused"; reason: string };

export interface BoardStore {
  load: (signal?: AbortSignal) => Promise<BoardPage>;
  /** `match`: the state that who edits has seen. */
  write: (edit: BoardEdit, match: string) => Promise<Written>;
}

export function fileStore(board: string): BoardStore {
  return {
    load: (signal) => fetchBoard(board, signal),
    async write(edit, match) {
      const { operations, text } = { operations: [], text: null, ...edit };
      // A toast for each time that a panel is dragged would cover the board; Ctrl+Z takes it back all the same.
      const answer = await perform(
        { action: "board", board, match, operations, text },
        { tells: "successes", quiet: true },
      );
      if (answer === null) return { is: "failed" };
      const refused = answer.refused[0];
      if (!refused) return { is: "done" };
      return refused.conflict ? { is: "conflict" } : { is: "refused", reason: refused.reason };
    },
  };
}

/** `word`: the board's file as JSON, as it stands in the address. */
export function addressStore(word: { value: string }): BoardStore {
  return {
    load: (signal) => previewBoard(word.value || "{}", signal),
    write(edit) {
      if ("text" in edit) word.value = edit.text;
      else {
        const changed = changedFile(fileIn(word.value), edit.operations);
        if (changed === null)
          return Promise.resolve({ is: "refused", reason: "The board in the address has no such panel." });
        word.value = JSON.stringify(changed);
      }
      return Promise.resolve({ is: "done" });
    },
  };
}

function fileIn(word: string): Record<string, unknown> {
  try {
    const found: unknown = JSON.parse(word);
    if (typeof found === "object" && found !== null && !Array.isArray(found))
      return found as Record<string, unknown>;
  } catch {
    // Somebody has written something else into the address: the board begins anew.
  }
  return {};
}
