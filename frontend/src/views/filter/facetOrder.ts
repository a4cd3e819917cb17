/** Facets of several answers as one list. */
import type { Facet } from "../../api/messages";
import { isField } from "../../lib/facetTerms";

/** A field with terms, and the facets of the filter without these terms. */
export type CountedAlone = readonly [field: string, facets: readonly Facet[]];

/**
 * Facets of the whole filter; those that have terms as they are without their own terms, so that a mark hides no other
 * value of its facet. One that only such an answer has goes where it stands there.
 */
export function mergeFacets(whole: readonly Facet[], alone: readonly CountedAlone[]): Facet[] {
  const merged = [...whole];
  for (const [field, facets] of alone) {
    const place = facets.findIndex(({ written }) => isField(field, written));
    if (place < 0) continue;
    const facet = facets[place]!;
    const there = merged.findIndex(({ written }) => written === facet.written);
    if (there >= 0) merged[there] = facet;
    else merged.splice(placeAfter(merged, facets.slice(0, place)), 0, facet);
  }
  return merged;
}

/** Behind the last of these that is there. */
function placeAfter(merged: readonly Facet[], before: readonly Facet[]): number {
  const names = new Set(before.map(({ written }) => written));
  return merged.findLastIndex(({ written }) => names.has(written)) + 1;
}

/** A facet has so many values that from and to say more than marks. */
const MANY_NUMBERS = 8;

export function isRange({ low, high, values, more }: Facet): boolean {
  return low !== null && high !== null && low < high && values.length + more > MANY_NUMBERS;
}
