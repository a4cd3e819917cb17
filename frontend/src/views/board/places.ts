/** Where panels stand on a board: in 12 columns, and in as many rows as it takes. Pure; no two of them ever overlap. */

export const COLUMNS = 12;
/** Far more than anybody scrolls to; what a file says beyond it is cut. */
const MOST_ROWS = 10_000;
const MOST_HEIGHT = 100;

/** In columns and rows from the top left of a section; `width` and `height` are at least 1. */
export interface Place {
  column: number;
  row: number;
  width: number;
  height: number;
}

export type Size = Pick<Place, "width" | "height">;

/** One that may be missing in the file. */
export interface Unplaced {
  place: Place | null;
  /** Where there is no place. */
  size: Size;
}

/** The nearest place that lies within the columns. */
export function within({ column, row, width, height }: Place): Place {
  const wide = between(1, width, COLUMNS);
  return {
    column: between(0, column, COLUMNS - wide),
    row: between(0, row, MOST_ROWS),
    width: wide,
    height: between(1, height, MOST_HEIGHT),
  };
}

/** Within the columns it keeps its size. */
export function movedBy(place: Place, columns: number, rows: number): Place {
  return within({ ...place, column: place.column + columns, row: place.row + rows });
}

/** Its corner at the top left stays. */
export function resizedBy(place: Place, columns: number, rows: number): Place {
  const { column, width, height } = place;
  return {
    ...place,
    width: between(1, width + columns, COLUMNS - column),
    height: between(1, height + rows, MOST_HEIGHT),
  };
}

/** Given places hold, but for those that would cover an earlier one: they go down. Then those without one, in reading order. */
export function placePanels(panels: readonly Unplaced[]): Place[] {
  const places = settled(panels.map(({ place }) => place && within(place)));
  let from = 0;
  panels.forEach(({ place, size }, index) => {
    if (place) return;
    const free = firstFree(places, size, from);
    places[index] = free;
    from = free.row;
  });
  return places as Place[];
}

/** A panel goes to a place, whoever stands there: those go down, and those that they meet. */
export function withPlace(places: readonly Place[], index: number, place: Place): Place[] {
  return settled(places.with(index, within(place)), index) as Place[];
}

/** Without gaps: each goes up as far as it can, in reading order. */
export function packed(places: readonly Place[]): Place[] {
  const done: Place[] = [];
  const found = [...places];
  for (const index of inReadingOrder(places)) {
    const place = { ...places[index]! };
    while (place.row > 0 && !done.some((other) => overlap(other, { ...place, row: place.row - 1 }))) {
      place.row--;
    }
    done.push(place);
    found[index] = place;
  }
  return found;
}

/** The first place of this size that nobody has, not above the row `from`. */
export function firstFree(places: readonly (Place | null)[], size: Size, from = 0): Place {
  for (let row = from; ; row++) {
    for (let column = 0; column + size.width <= COLUMNS; column++) {
      const place = { column, row, ...size };
      if (!places.some((other) => other && overlap(other, place))) return place;
    }
  }
}

/** Indexes, row by row and from left to right. */
export function inReadingOrder(places: readonly (Place | null)[]): number[] {
  return places
    .flatMap((place, index) => (place ? [{ place, index }] : []))
    .sort((a, b) => a.place.row - b.place.row || a.place.column - b.place.column || a.index - b.index)
    .map(({ index }) => index);
}

export function isSame(one: Place, other: Place): boolean {
  return (
    one.column === other.column &&
    one.row === other.row &&
    one.width === other.width &&
    one.height === other.height
  );
}

/** The one at `first` stays where it is; of the others each goes down below whoever it would cover. */
function settled(places: readonly (Place | null)[], first = -1): (Place | null)[] {
  const found = [...places];
  const order = inReadingOrder(places).filter((index) => index !== first);
  const done: Place[] = first < 0 ? [] : [places[first]!];
  for (const index of order) {
    const place = { ...places[index]! };
    for (;;) {
      const met = done.find((other) => overlap(other, place));
      if (!met) break;
      place.row = met.row + met.height;
    }
    done.push(place);
    found[index] = place;
  }
  return found;
}

function overlap(one: Place, other: Place): boolean {
  return (
    one.column < other.column + other.width &&
    other.column < one.column + one.width &&
    one.row < other.row + other.height &&
    other.row < one.row + one.height
  );
}

function between(least: number, value: number, most: number): number {
  return Math.min(most, Math.max(least, Math.round(Number.isFinite(value) ? value : least)));
}
