/**
 * Where windows stand: as the view says it, and what is changed of it. A saved view is never changed: what somebody does
 * to it goes to where windows were last put, which is shown from then on.
 */
import type { Board, BoardPanel } from "../../api/messages";
import { perform } from "../../state/edits.svelte";
import { boardEdit } from "../board/boardStores";
import { keysOf, withChanges, type Change, type FilePanel, type PanelRef } from "../board/changes";
import { fileOfPanel } from "../board/filePanels";
import { isSame, placePanels, type Place } from "../board/places";
import { atOf, fileOfWindow, panelOfWindow, panelsOf, placeIn, type Window } from "./windows";

/** A board has no more than 500; windows beyond stand behind the others. */
const MOST_PANELS = 450;

/** A window with what the view says of it. */
export interface PlacedWindow {
  window: Window;
  /** null: the view says nothing. */
  keyed: { key: string; panel: BoardPanel } | null;
  place: Place;
}

export function placedWindows(windows: readonly Window[], board: Board): PlacedWindow[] {
  const panels = board.panels ?? [];
  const keys = keysOf(panels);
  const found = panelsOf(
    windows,
    panels.map((panel, index) => ({ key: keys[index]!, panel })),
  );
  const places = placePanels(
    windows.map(({ size }, index) => ({ place: found[index] ? placeIn(found[index].panel) : null, size })),
  );
  return windows.map((window, index) => ({ window, keyed: found[index]!, place: places[index]! }));
}

/** What is to be said so that windows stand there: of all of them, so that none moves when another one does. */
export function arranged(placed: readonly PlacedWindow[], places: readonly Place[], count: number): Change[] {
  let left = MOST_PANELS - count;
  return placed.flatMap(({ window, keyed }, index): Change[] => {
    const place = places[index]!;
    if (!keyed) return left-- > 0 ? [inserted(window, place)] : [];
    const before = placeIn(keyed.panel);
    if (before && isSame(before, place)) return [];
    return [{ does: "set panel", of: refOf(keyed), path: ["at"], value: atOf(place) }];
  });
}

/** A setting of one window. `value` undefined: as it is without. */
export function changed({ window, keyed, place }: PlacedWindow, key: string, value: unknown): Change[] {
  if (keyed) return [{ does: "set panel", of: refOf(keyed), path: [key], value }];
  if (value === undefined) return [];
  const { panel, ...others } = inserted(window, place);
  return [
    {
      ...others,
      panel: { ...panel, [key]: value },
      shown: { ...panelOfWindow(window, place), [key]: value },
    },
  ];
}

/** Copy a view with changes to where windows were last put. `match`: of the state there. false: it was refused, and told. */
export async function copyToCurrent(
  board: Board,
  changes: readonly Change[],
  id: string,
  match: string,
): Promise<boolean> {
  return writePanels(id, match, filePanels(board, changes), { quiet: true });
}

export async function writePanels(
  board: string,
  match: string,
  panels: readonly unknown[],
  telling: { quiet?: boolean; what?: string },
): Promise<boolean> {
  const answer = await perform(
    boardEdit({ board, match, operations: [{ operation: "set", path: ["panels"], value: panels }] }),
    telling,
  );
  return answer !== null && answer.refused.length === 0;
}

/** What a view says with changes, as it stands in a file. */
export function filePanels(board: Board, changes: readonly Change[]): FilePanel[] {
  return (withChanges(board, changes).panels ?? []).map(fileOfPanel);
}

function inserted(window: Window, place: Place): Change & { does: "insert" } {
  return {
    does: "insert",
    panel: fileOfWindow(window, place),
    after: null,
    shown: panelOfWindow(window, place),
  };
}

function refOf({ key, panel }: { key: string; panel: BoardPanel }): PanelRef {
  return { key, index: panel.index, type: panel.type };
}
