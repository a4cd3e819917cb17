const collator = new Intl.Collator(undefined, { sensitivity: "base" });
const PARTS = /\d+(?:\.\d+)*|\D+/g;
/** Of names whose parts are kept: a list of experiments is sorted over and over. */
const MOST_KEPT = 50_000;

/** A number with its decimals, as digits; or a text between numbers. */
type Part = { whole: string; decimals: string } | string;

const kept = new Map<string, readonly Part[]>();

/**
 * Order in which people count: `run-2` before `run-10`, `lr0.0001` before `lr0.001`, `v1.9.0` before `v1.10.0`. Two runs
 * of digits around one point are a decimal number, three and more are counted one by one (as in `lavdlike ls`). Names
 * that only differ in case keep an order, too.
 */
export function compareNatural(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)];
  for (let index = 0; index < Math.min(left.length, right.length); index += 1) {
    const order = compareParts(left[index]!, right[index]!);
    if (order !== 0) return order;
  }
  return left.length - right.length || (a < b ? -1 : a > b ? 1 : 0);
}

function partsOf(name: string): readonly Part[] {
  const known = kept.get(name);
  if (known) return known;
  if (kept.size >= MOST_KEPT) kept.clear();
  const parts = (name.match(PARTS) ?? []).flatMap((part): Part[] => {
    if (!/^\d/.test(part)) return [part];
    const numbers = part.split(".");
    const [whole = "", decimals = ""] = numbers;
    return numbers.length === 2
      ? [{ whole: plain(whole), decimals }]
      : numbers.map((each) => ({ whole: plain(each), decimals: "" }));
  });
  kept.set(name, parts);
  return parts;
}

/** Without zeros in front, so that a longer number is a larger one. */
function plain(digits: string): string {
  return digits.replace(/^0+(?=\d)/, "");
}

function compareParts(a: Part, b: Part): number {
  if (typeof a === "string") return typeof b === "string" ? collator.compare(a, b) : 1;
  if (typeof b === "string") return -1;
  return (
    a.whole.length - b.whole.length ||
    compareDigits(a.whole, b.whole) ||
    compareDigits(a.decimals, b.decimals)
  );
}

function compareDigits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
