/** Sections of a board with their panels and places. Pure. */
import type { Board, BoardPanel } from "../../api/messages";
import { keysOf, type Change, type PanelRef } from "./changes";
import { isSame, placePanels, type Place, type Size } from "./places";

/** A panel under the name by which changes know it. */
export interface KeyedPanel {
  key: string;
  panel: BoardPanel;
}

export interface BoardSectionPanels {
  /** "" of panels that are in none. */
  name: string;
  /** Folded at first. */
  closed: boolean;
  panels: KeyedPanel[];
  /** Of the panels, in their order. */
  places: Place[];
}

const SIZES: Readonly<Record<BoardPanel["type"], Size>> = {
  chart: { width: 4, height: 4 },
  item: { width: 4, height: 4 },
  table: { width: 12, height: 5 },
  parallel: { width: 12, height: 5 },
  text: { width: 4, height: 4 },
};
const TEMPLATE: Size = { width: 12, height: 8 };

/** Panels without a section first, then the sections in their order, then those that only panels name. */
export function sectionsOf(board: Board): BoardSectionPanels[] {
  const panels = board.panels ?? [];
  const keys = keysOf(panels);
  const closed = new Map([
    ["", false],
    ...(board.sections ?? []).map((each) => [each.title, each.closed ?? false] as const),
  ]);
  for (const { section = "" } of panels) if (!closed.has(section)) closed.set(section, false);
  return [...closed].map(([name, isClosed]) => {
    const own = panels.flatMap((panel, index) =>
      (panel.section ?? "") === name ? [{ key: keys[index]!, panel }] : [],
    );
    const places = placePanels(own.map(({ panel }) => ({ place: placeOf(panel), size: sizeOf(panel) })));
    return { name, closed: isClosed, panels: own, places };
  });
}

export function refOf({ key, panel }: KeyedPanel): PanelRef {
  return { key, index: panel.index, type: panel.type };
}

/** What is to be written so that panels stand in a section, in these places: of all that do not say so already. */
export function arrangement(
  panels: readonly KeyedPanel[],
  places: readonly Place[],
  section: string,
): Change[] {
  return panels.flatMap((keyed, index): Change[] => {
    const place = places[index]!;
    const before = placeOf(keyed.panel);
    const changes: Change[] = [];
    const set = (path: string, value: unknown) =>
      changes.push({ does: "set panel", of: refOf(keyed), path: [path], value });
    if ((keyed.panel.section ?? "") !== section) set("section", section || undefined);
    const { column, row, width, height } = place;
    if (!before || !isSame(before, place)) set("at", [column, row, width, height]);
    return changes;
  });
}

export function sizeOf(panel: BoardPanel): Size {
  return panel.template ? TEMPLATE : SIZES[panel.type];
}

function placeOf({ at }: BoardPanel): Place | null {
  return at ? { column: at[0], row: at[1], width: at[2], height: at[3] } : null;
}
