/** An item that is shown. */
export interface ItemPlace {
  experiment: string;
  label: string;
  /** null: the one that belongs to no step. */
  step: number | null;
  /** It is the step that was asked for, not just the nearest there is. */
  exact: boolean;
  /** The past is looked at, and it is as it was written later. */
  isLater?: boolean;
}
