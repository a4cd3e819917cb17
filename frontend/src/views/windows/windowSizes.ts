/** How large windows are at first: as their script says, else by what they show. Pure. */
import type { WindowInfo } from "../../api/messages";
import { GAP, ROW } from "../board/boardPixels";
import { COLUMNS, type Size } from "../board/places";

/** Of a column of a usual window of a browser, with its gap: widths that scripts give are for such a one. */
const COLUMN_PX = 96;
const HEAD_PX = 36;
const MOST_ROWS = 20;
/** Less has no room for a slider. */
const LEAST = 3;

const SIZES: Readonly<Record<string, Size>> = {
  images: { width: 3, height: 4 },
  html: { width: 3, height: 4 },
  texts: { width: 3, height: 4 },
  forms: { width: 4, height: 5 },
  audio: { width: 4, height: 3 },
  tables: { width: 5, height: 5 },
  logs: { width: 6, height: 6 },
  models: { width: 6, height: 6 },
};
const USUAL: Size = { width: 4, height: 5 };

export function sizeOfWindow(kind: string, members: readonly { said: WindowInfo | null }[]): Size {
  const said = members.find((member) => member.said)?.said;
  const usual = SIZES[kind] ?? USUAL;
  const width = cells(said?.width, COLUMN_PX, COLUMNS) ?? usual.width;
  // Plots of one title are one plot; all else stands beside each other.
  const beside = kind === "plots" || kind === "scalars" ? 1 : members.length;
  return {
    width: Math.min(COLUMNS, width * beside),
    height: cells(said?.height && said.height + HEAD_PX, ROW + GAP, MOST_ROWS) ?? usual.height,
  };
}

function cells(pixels: number | null | undefined, of: number, most: number): number | null {
  return pixels ? Math.min(most, Math.max(LEAST, Math.ceil((pixels + GAP) / of))) : null;
}
