import { expect, test } from "vitest";
import { COLUMNS, packed, placePanels, withPlace, type Place } from "./places";

const at = (column: number, row: number, width: number, height: number): Place => ({
  column,
  row,
  width,
  height,
});
const free = (width: number, height: number) => ({ place: null, size: { width, height } });
const given = (place: Place) => ({ place, size: { width: 1, height: 1 } });

function overlapping(places: readonly Place[]): boolean {
  return places.some((one, index) =>
    places
      .slice(index + 1)
      .some(
        (other) =>
          one.column < other.column + other.width &&
          other.column < one.column + one.width &&
          one.row < other.row + other.height &&
          other.row < one.row + one.height,
      ),
  );
}

test("panels without a place stand one after the other, around those that have one", () => {
  expect(placePanels([free(4, 4), given(at(4, 0, 4, 4)), free(4, 4), free(12, 2), free(4, 1)])).toEqual([
    at(0, 0, 4, 4),
    at(4, 0, 4, 4),
    at(8, 0, 4, 4),
    at(0, 4, 12, 2),
    at(0, 6, 4, 1),
  ]);
});

test("places that a file cannot mean are made possible ones", () => {
  expect(placePanels([given(at(10, -3, 40, 0)), given(at(11, 0, 6, 2)), given(at(NaN, 0.4, 3, 2))])).toEqual([
    at(0, 0, 12, 1),
    at(6, 1, 6, 2),
    at(0, 1, 3, 2),
  ]);
});

test("whoever stands where a panel goes makes room, and nobody else moves", () => {
  const places = [at(0, 0, 6, 4), at(6, 0, 6, 4), at(0, 4, 6, 2), at(6, 4, 6, 2)];
  expect(withPlace(places, 0, at(6, 1, 6, 4))).toEqual([
    at(6, 1, 6, 4),
    at(6, 5, 6, 4),
    at(0, 4, 6, 2),
    at(6, 9, 6, 2),
  ]);
  expect(withPlace(places, 2, at(-2, 4, 6, 2))[2]).toEqual(at(0, 4, 6, 2));
});

test("packed, nothing has a gap above it", () => {
  const places = [at(0, 9, 6, 4), at(6, 2, 6, 4), at(0, 20, 12, 2)];
  expect(packed(places)).toEqual([at(0, 0, 6, 4), at(6, 0, 6, 4), at(0, 4, 12, 2)]);
});

test("whatever is moved, no two panels overlap", () => {
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed % below;
  };
  let places = placePanels(Array.from({ length: 40 }, () => free(1 + random(COLUMNS), 1 + random(5))));
  for (let move = 0; move < 300; move++) {
    const place = at(random(14) - 1, random(60), 1 + random(13), 1 + random(6));
    places = withPlace(places, random(places.length), place);
    if (move % 50 === 0) places = packed(places);
    expect(overlapping(places)).toBe(false);
    expect(places.every(({ column, width }) => column >= 0 && column + width <= COLUMNS)).toBe(true);
  }
});
