/** Words of the filter's language (docs/filter.md) as far as the first load of the page writes them. */
import type { Filter } from "./filter";

/** A name or value as it stands in a filter: in quotes where it must. */
export function quoted(word: string): string {
  const isPlain = /^[^\s()<>=~,"'!-][^\s()<>=~,"'!]*$/u.test(word) && !/^(and|or|not|has)$/iu.test(word);
  return isPlain ? word : `"${word.replace(/["\\]/gu, "\\$&")}"`;
}

/** What a filter was called that addresses and saved filters of before hold: text or expression, maybe negated. */
export function queryOfOld({ text, regex, negate }: Filter): string {
  if (text === "") return "";
  return `${negate ? "-" : ""}${regex ? `name~"${text.replace(/"/gu, '\\"')}"` : quoted(text)}`;
}
