/** What somebody wants to put on a board: said by the menus of cards, asked about by a dialog (views/board/AddDialog.svelte). */

/** As it stands in the file of a board (docs/boards.md), and what it is called. */
export interface AddedPanel {
  name: string;
  panel: Record<string, unknown>;
}

let added = $state.raw<AddedPanel | null>(null);

export const boardAdding = {
  get added(): AddedPanel | null {
    return added;
  },
  add: (panel: AddedPanel): void => void (added = panel),
  close: (): void => void (added = null),
};
