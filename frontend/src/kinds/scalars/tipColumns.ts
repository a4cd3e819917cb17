/** The columns of values in a tooltip's list. */
export interface TipColumn<Row> {
  head: string;
  text: (row: Row) => string;
  /** In a list of which only the part in sight exists, and whose columns therefore cannot follow what they hold. */
  widthPx: number;
  /** Left out on a phone, where names need the room. */
  isExtra?: boolean;
  /** Whether it is only known as it is drawn. */
  isPending?: (row: Row) => boolean;
  /** What a click copies, and what is shown in its place then; null: nothing. */
  copied?: (row: Row) => { text: string; shown: string; label: string } | null;
}

/** More rows are a list of which only the part in sight exists. */
export const MOST_TIP_ROWS = 100;
