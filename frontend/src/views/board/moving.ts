/** Panels that are moved within their section, or into another one. Pure. */
import type { GridSection, SectionSpan } from "./boardPixels";
import { firstFree, withPlace, type Place } from "./places";

/** A panel by its place in a section. */
export interface Grabbed {
  section: string;
  index: number;
}

export interface Target {
  section: string;
  place: Place;
}

/** The sections that change when a panel goes to a place, as they are then. In another one it is the last panel. */
export function changedBy<Panel>(
  sections: readonly GridSection<Panel>[],
  { section, index }: Grabbed,
  to: Target,
): GridSection<Panel>[] {
  const from = sections.find(({ name }) => name === section);
  const into = sections.find(({ name }) => name === to.section);
  if (!from || !into) return [];
  if (from === into) return [{ ...from, places: withPlace(from.places, index, to.place) }];
  const places = [...into.places, to.place];
  return [
    { ...from, panels: from.panels.toSpliced(index, 1), places: from.places.toSpliced(index, 1) },
    {
      ...into,
      panels: [...into.panels, from.panels[index]!],
      places: withPlace(places, places.length - 1, to.place),
    },
  ];
}

/** The section at a height: the last one below all of them. */
export function sectionAt(spans: readonly SectionSpan[], y: number): SectionSpan | undefined {
  return spans.find(({ end }) => y < end) ?? spans.at(-1);
}

/** Where a panel goes that is sent to the section before (-1) or behind (1) its own; null: there is none. */
export function besideSection<Panel>(
  sections: readonly GridSection<Panel>[],
  { section, index }: Grabbed,
  way: -1 | 1,
): Target | null {
  const at = sections.findIndex(({ name }) => name === section);
  const into = sections[at + way];
  const place = sections[at]?.places[index];
  if (!into || !place) return null;
  const { width, height } = place;
  return { section: into.name, place: firstFree(into.places, { width, height }) };
}
