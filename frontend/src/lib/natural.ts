const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

/** Order in which people count: `run-2` before `run-10`. Names that only differ in case keep an order, too. */
export function compareNatural(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}
