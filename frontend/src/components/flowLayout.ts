/**
 * Where cards of sections stand. A section that fills rows has them to itself; smaller ones share a row, each below its
 * own head. Cards grow until their row is full, and become higher where they are very wide.
 */
import { columnsIn } from "./window";

export interface FlowSection<Item> {
  name: string;
  /** "" for one without a head. */
  title: string;
  items: readonly Item[];
  folded: boolean;
}

interface Place {
  key: string;
  left: number;
  top: number;
  width: number;
  height: number;
}

export type FlowPart<Item> =
  | (Place & { is: "head"; section: FlowSection<Item> })
  | (Place & { is: "card"; section: FlowSection<Item>; item: Item });

export interface FlowSizes {
  /** Of all of it. */
  width: number;
  /** Columns are as many as fit with at least this width. */
  minWidth: number;
  /** The least. */
  cardHeight: number;
}

export interface Flow<Item> {
  /** Heads and cards in reading order. */
  parts: FlowPart<Item>[];
  height: number;
}

const GAP = 12;
/** Between sections that share a row. */
const SECTION_GAP = 24;
const HEAD = 36;
const BELOW = 16;
/** Above cards without a head. */
const ABOVE = 12;
const ASPECT = 0.36;
const HIGHEST = 1.6;

/** `keyOf`: tells the items of all sections apart. */
export function flowLayout<Item>(
  sections: readonly FlowSection<Item>[],
  sizes: FlowSizes,
  keyOf: (item: Item) => string,
): Flow<Item> {
  const columns = columnsIn(sizes.width, sizes.minWidth, GAP);
  const parts: FlowPart<Item>[] = [];
  let top = 0;
  for (const row of rowsOf(sections, columns)) {
    const placed = row.length > 1 ? sharedRow(row) : ownRows(row[0]!);
    top += placed;
  }
  return { parts, height: Math.max(0, top) };

  /** Both return how high it is. */
  function ownRows(section: FlowSection<Item>): number {
    const { items, folded, title } = section;
    const head = title === "" ? ABOVE : HEAD;
    if (title !== "") putHead(section, 0, sizes.width);
    if (folded || items.length === 0) return head;
    const rows = Math.ceil(items.length / columns);
    const across = Math.ceil(items.length / rows);
    const width = (sizes.width - (across - 1) * GAP) / across;
    const height = heightOf(width, sizes.cardHeight);
    items.forEach((item, index) => {
      const column = index % across;
      const row = Math.floor(index / across);
      putCard(section, item, column * (width + GAP), head + row * (height + GAP), width, height);
    });
    return head + rows * (height + GAP) - GAP + BELOW;
  }

  function sharedRow(row: readonly FlowSection<Item>[]): number {
    const count = row.reduce((sum, { items }) => sum + items.length, 0);
    const gaps = (row.length - 1) * SECTION_GAP + (count - row.length) * GAP;
    const width = (sizes.width - gaps) / count;
    const height = heightOf(width, sizes.cardHeight);
    let left = 0;
    for (const section of row) {
      const across = section.items.length;
      putHead(section, left, across * (width + GAP) - GAP);
      for (const item of section.items) {
        putCard(section, item, left, HEAD, width, height);
        left += width + GAP;
      }
      left += SECTION_GAP - GAP;
    }
    return HEAD + height + BELOW;
  }

  function putHead(section: FlowSection<Item>, left: number, width: number): void {
    parts.push({ is: "head", key: `head ${section.name}`, section, left, top, width, height: HEAD });
  }

  function putCard(
    section: FlowSection<Item>,
    item: Item,
    left: number,
    below: number,
    width: number,
    height: number,
  ): void {
    parts.push({
      is: "card",
      key: `card ${keyOf(item)}`,
      section,
      item,
      left,
      top: top + below,
      width,
      height,
    });
  }
}

function heightOf(width: number, least: number): number {
  return Math.round(Math.min(Math.max(least, width * ASPECT), least * HIGHEST));
}

/** Sections that follow each other and fit into one row stand in one. */
function rowsOf<Item>(sections: readonly FlowSection<Item>[], columns: number): FlowSection<Item>[][] {
  const rows: FlowSection<Item>[][] = [];
  let room = 0;
  for (const section of sections) {
    const count = section.items.length;
    const isSmall = !section.folded && section.title !== "" && count > 0 && count < columns;
    if (isSmall && count <= room) {
      rows.at(-1)!.push(section);
      room -= count;
    } else {
      rows.push([section]);
      room = isSmall ? columns - count : 0;
    }
  }
  return rows;
}

/** Those that touch a part of the height, with those less than `more` beside it. */
export function partsBetween<Item>(
  parts: readonly FlowPart<Item>[],
  from: number,
  to: number,
  more: number,
): FlowPart<Item>[] {
  if (to <= from) return [];
  return parts.filter(({ top, height }) => top + height >= from - more && top <= to + more);
}
