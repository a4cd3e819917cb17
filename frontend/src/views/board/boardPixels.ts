/** A board in pixels: sections below each other, each with a head where it has a title, and its panels. Pure. */
import { COLUMNS, inReadingOrder, type Place } from "./places";

export const GAP = 12;
/** Of one row of the grid, without the gap below it. */
export const ROW = 60;
const HEAD = 36;
const ABOVE = 12;
const BELOW = 16;
/** Below it, panels stand one below the other. */
const NARROW = 700;
/** Where they do, none is lower: their places are made for wide screens. */
const LEAST_ROWS = 3;

export interface GridSection<Panel> {
  name: string;
  /** "" for one without a head. */
  title: string;
  folded: boolean;
  panels: readonly Panel[];
  /** Of the panels. */
  places: readonly Place[];
  /** It is not lower, in pixels: while a panel is dragged out of it. */
  leastHeight?: number;
}

/** Where the panels of a section stand, and whoever is dragged above `end` is dragged into it. */
export interface SectionSpan {
  name: string;
  top: number;
  end: number;
}

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

export type BoardPart<Panel> = Box & { key: string; section: GridSection<Panel> } & (
    { is: "head" } | { is: "panel"; panel: Panel; index: number }
  );

export interface BoardLayout<Panel> {
  parts: BoardPart<Panel>[];
  spans: SectionSpan[];
  height: number;
}

export function isNarrow(width: number): boolean {
  return width < NARROW;
}

/** `keyOf`: tells the panels of all sections apart. */
export function layBoard<Panel>(
  sections: readonly GridSection<Panel>[],
  width: number,
  keyOf: (panel: Panel) => string,
): BoardLayout<Panel> {
  const parts: BoardPart<Panel>[] = [];
  const spans: SectionSpan[] = [];
  let top = 0;
  for (const section of sections) {
    if (section.title === "") top += ABOVE;
    else {
      parts.push({ is: "head", key: `head ${section.name}`, section, left: 0, top, width, height: HEAD });
      top += HEAD;
    }
    const span = { name: section.name, top, end: top };
    spans.push(span);
    if (section.folded || (section.panels.length === 0 && !section.leastHeight)) continue;
    const boxes = isNarrow(width) ? oneColumn(section.places, width) : inGrid(section.places, width);
    section.panels.forEach((panel, index) => {
      const box = boxes[index]!;
      parts.push({
        is: "panel",
        key: `panel ${keyOf(panel)}`,
        section,
        panel,
        index,
        ...box,
        top: top + box.top,
      });
    });
    top += Math.max(section.leastHeight ?? 0, ...boxes.map((box) => box.top + box.height + BELOW));
    span.end = top;
  }
  return { parts, spans, height: top };
}

/** By how many columns and rows a panel moves when it is dragged so far. */
export function cellsIn(x: number, y: number, width: number): { columns: number; rows: number } {
  return { columns: Math.round(x / (columnWidth(width) + GAP)), rows: Math.round(y / (ROW + GAP)) };
}

function inGrid(places: readonly Place[], width: number): Box[] {
  const column = columnWidth(width) + GAP;
  return places.map((place) => ({
    left: place.column * column,
    top: place.row * (ROW + GAP),
    width: place.width * column - GAP,
    height: place.height * (ROW + GAP) - GAP,
  }));
}

function oneColumn(places: readonly Place[], width: number): Box[] {
  const boxes: Box[] = [];
  let top = 0;
  for (const index of inReadingOrder(places)) {
    const height = Math.max(LEAST_ROWS, places[index]!.height) * (ROW + GAP) - GAP;
    boxes[index] = { left: 0, top, width, height };
    top += height + GAP;
  }
  return boxes;
}

function columnWidth(width: number): number {
  return (width - (COLUMNS - 1) * GAP) / COLUMNS;
}
