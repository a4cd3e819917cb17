/**
 * What somebody does to a board, as operations on its file, and as it looks until the server has said what the file means
 * then. Panels are named by what they show, so that a change still finds its panel when somebody else has changed the file.
 * Pure.
 */
import type { Board, BoardOperation, BoardPanel } from "../../api/messages";

export type FilePanel = Record<string, unknown>;
export type Path = readonly (string | number)[];

/** A panel as it was seen: what names it, and where it stood in the file. */
export interface PanelRef {
  key: string;
  index: number;
  type: BoardPanel["type"];
}

export type Change =
  /** `value` undefined: the board says nothing of it any more. */
  | { does: "set board"; path: Path; value: unknown }
  | { does: "set panel"; of: PanelRef; path: Path; value: unknown }
  /** `shown`: how it will be read, of one that is shown before it is in the file; behind all others. */
  | { does: "insert"; panel: FilePanel; after: PanelRef | null; shown?: BoardPanel }
  | { does: "remove"; of: PanelRef };

/** Of each panel: its id, else what it shows; those that show the same are counted. */
export function keysOf(panels: readonly BoardPanel[]): string[] {
  const seen = new Map<string, number>();
  return panels.map((panel) => {
    const key = panel.id ? `#${panel.id}` : shownBy(panel);
    const count = seen.get(key) ?? 0;
    seen.set(key, count + 1);
    return count === 0 ? key : `${key} ${count}`;
  });
}

/** `lost`: changes of panels that are not there any more. */
export function operationsOf(
  board: Board,
  changes: readonly Change[],
): { operations: BoardOperation[]; lost: Change[] } {
  const panels = new Places(board);
  const operations: BoardOperation[] = [];
  const lost: Change[] = [];
  for (const change of changes) {
    if (change.does === "set board") operations.push(setting([...change.path], change.value));
    else if (change.does === "insert") {
      const after = change.after && panels.placeOf(change.after);
      const index = after === null || after === undefined ? null : after + 1;
      operations.push({ operation: "insert", panel: change.panel, index });
      if (index !== null) panels.shift(index, 1);
    } else {
      const place = panels.placeOf(change.of);
      if (place === undefined) lost.push(change);
      else if (change.does === "set panel")
        operations.push(setting(["panels", place, ...change.path], change.value));
      else {
        operations.push({ operation: "remove", path: ["panels", place] });
        panels.remove(place);
      }
    }
  }
  return { operations, lost };
}

/** Where panels stand in the file's list, while operations change it. */
class Places {
  readonly #panels: { key: string; was: number; type: string; place: number }[];

  constructor({ panels = [] }: Board) {
    const keys = keysOf(panels);
    this.#panels = panels.map(({ index, type }, at) => ({ key: keys[at]!, was: index, type, place: index }));
  }

  /** Of the panel that shows the same; else, as somebody may have changed what it shows, of the one in its place. */
  placeOf({ key, index, type }: PanelRef): number | undefined {
    const same = this.#panels.find((each) => each.key === key);
    return (same ?? this.#panels.find((each) => each.was === index && each.type === type))?.place;
  }

  remove(place: number): void {
    const at = this.#panels.findIndex((each) => each.place === place);
    this.#panels.splice(at, 1);
    this.shift(place, -1);
  }

  shift(from: number, by: number): void {
    for (const each of this.#panels) if (each.place >= from) each.place += by;
  }
}

/** What can be said of the board without reading its file: where panels are, how they are called, which are gone. */
export function withChanges(board: Board, changes: readonly Change[]): Board {
  let panels = [...(board.panels ?? [])];
  const keys = keysOf(panels);
  let { title } = board;
  for (const change of changes) {
    if (change.does === "set board" && change.path[0] === "title")
      title = typeof change.value === "string" ? change.value : "";
    if (change.does === "insert" && change.shown) {
      panels = [...panels, change.shown];
      keys.push(keysOf(panels).at(-1)!);
    }
    if (change.does !== "set panel" && change.does !== "remove") continue;
    const place = keys.indexOf(change.of.key);
    if (place < 0) continue;
    if (change.does === "remove") {
      panels = panels.toSpliced(place, 1);
      keys.splice(place, 1);
    } else if (isShownAtOnce(change.path)) {
      panels = panels.with(place, { ...panels[place]!, [String(change.path[0])]: change.value });
    }
  }
  return { ...board, ...(title === undefined ? {} : { title }), panels };
}

/** Of two changes of the same thing that follow each other the later one counts; of a panel that is new, it is made so. */
export function withChange(changes: readonly Change[], change: Change): Change[] {
  const made = change.does === "set panel" ? changes.findIndex((each) => isMakingOf(each, change.of)) : -1;
  if (made >= 0) return changes.with(made, madeWith(changes[made] as Inserting, change as Setting));
  const last = changes.at(-1);
  const isSame = last && "path" in last && "path" in change && targetOf(last) === targetOf(change);
  return isSame ? [...changes.slice(0, -1), change] : [...changes, change];
}

type Inserting = Change & { does: "insert" };
type Setting = Change & { does: "set panel" };

function isMakingOf(change: Change, { key }: PanelRef): boolean {
  return change.does === "insert" && change.shown !== undefined && keysOf([change.shown])[0] === key;
}

function madeWith(made: Inserting, { path, value }: Setting): Inserting {
  const key = String(path[0]);
  return {
    ...made,
    panel: { ...made.panel, [key]: value },
    ...(made.shown ? { shown: { ...made.shown, [key]: value } } : {}),
  };
}

function targetOf(change: Change & { path: Path }): string {
  return JSON.stringify([change.does === "set panel" ? change.of.key : null, change.path]);
}

const SHOWN_AT_ONCE = new Set([
  "at",
  "title",
  "section",
  "smoothing",
  "log_x",
  "log_y",
  "x_title",
  "y_title",
]);

/** These keys of a file mean in a panel what they say. */
function isShownAtOnce(path: Path): boolean {
  return path.length === 1 && SHOWN_AT_ONCE.has(String(path[0]));
}

function shownBy(panel: BoardPanel): string {
  const { type, kind, labels, pattern, expressions, template, columns, text } = panel;
  return JSON.stringify([type, kind, labels, pattern, expressions, template, columns, text]);
}

function setting(path: (string | number)[], value: unknown): BoardOperation {
  return value === undefined ? { operation: "remove", path } : { operation: "set", path, value };
}
