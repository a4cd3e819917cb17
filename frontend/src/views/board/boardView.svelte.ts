/** What is looked at on the page of boards. All of it stands in the address. */
import { readParameter, showPage, textParameter, writeParameter } from "../../state/view.svelte";
import { pages } from "../pages.svelte";
import type { LayoutWords } from "./addressLayout";
import type { LookWords } from "./layoutLooks";

/** In place of a board's id: the one in the address. */
export const ADDRESS_BOARD = "-";

export const CHOSEN = "board.name";
/** Id of the board that is open; "": the first. */
export const chosenBoard = textParameter(CHOSEN, "", { step: true });
/** A board of one's own: its file as JSON; "" if there is none. */
export const ownBoard = textParameter("board.own", "");

/** As others write it into the address of a page. */
export function layoutWords(): LayoutWords {
  const word = (name: string) => readParameter(name)[0] ?? "";
  return { rows: word("rows"), cols: word("cols"), width: word("width"), height: word("height") };
}

export function lookWords(): LookWords {
  const word = (name: string) => readParameter(name)[0] ?? "";
  return { scopes: word("scopes"), names: readParameter("names"), axes: word("axes") };
}

/**
 * For an effect: what is opened to be seen large is so on the page of its kind, to which the back button leads back from.
 * All kinds keep under such a name what is opened.
 */
export function leaveLargeViews(): void {
  for (const { name } of pages.ofKinds) {
    const parameter = `${name}.open`;
    const [opened] = readParameter(parameter);
    if (opened === undefined) continue;
    writeParameter(parameter, []);
    showPage(name, { [parameter]: opened });
    return;
  }
}
