/** Where windows were last put in an environment: its `current.board.yaml`, which need not be there. */
import { fetchBoards } from "../../api/boards";
import type { BoardPage } from "../../api/messages";
import { fileStore, type BoardStore } from "../board/boardStores";
import { idOfBoard } from "../board/boards.svelte";

export const CURRENT = "current";

export function currentIdOf(experiment: string): string {
  return idOfBoard(CURRENT, experiment);
}

/** As of a board, empty as long as there is no file. */
export function currentStore(experiment: string): BoardStore {
  const id = currentIdOf(experiment);
  const store = fileStore(id);
  return {
    ...store,
    async load(signal) {
      // Asked for by its name, a file that is not there would be an error.
      const { boards } = await fetchBoards(experiment, signal);
      return boards.some(({ board }) => board === id) ? store.load(signal) : withoutFile(id, experiment);
    },
  };
}

function withoutFile(board: string, experiment: string): BoardPage {
  return {
    board,
    name: CURRENT,
    experiment,
    format: "lavdlike",
    match: "",
    can_edit: true,
    text: "",
    content: {},
    is_last_good: false,
    mistakes: [],
    notes: [],
    as_ours: "",
  };
}
