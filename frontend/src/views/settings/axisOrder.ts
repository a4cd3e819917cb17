/** Which axes stand beside each other, and in which order. */

/** With one of them at another place. */
export function moved(keys: readonly string[], key: string, to: number): string[] {
  const others = keys.filter((each) => each !== key);
  if (others.length === keys.length) return [...keys];
  const place = Math.min(Math.max(to, 0), others.length);
  return [...others.slice(0, place), key, ...others.slice(place)];
}

/** Where axes stand that share a width evenly, with room for their labels at both ends. */
export function axisPlaces(count: number, width: number, room: number): number[] {
  if (count === 1) return [width / 2];
  const distance = (width - 2 * room) / (count - 1);
  return Array.from({ length: count }, (_, place) => room + place * distance);
}

/** The place nearest to x. */
export function placeNear(places: readonly number[], x: number): number {
  return places.reduce(
    (best, at, place) => (Math.abs(at - x) < Math.abs(places[best]! - x) ? place : best),
    0,
  );
}
