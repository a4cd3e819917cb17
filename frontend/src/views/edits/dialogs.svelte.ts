/** Which dialog of the edits is open. They stand beside the page: a row of a list may go while its dialog is open. */
export type EditDialog =
  | { does: "title" | "rename" | "tags" | "notes" | "media"; experiment: string }
  | { does: "trash" | "thin"; experiments: readonly string[] };

let opened = $state.raw<EditDialog | null>(null);

export const dialogs = {
  get opened(): EditDialog | null {
    return opened;
  },
  open: (dialog: EditDialog): void => void (opened = dialog),
  close: (): void => void (opened = null),
};
