/**
 * What brushes and clicks are as terms of the one filter (docs/filter.md), and what of a filter is such a term. Only terms as
 * they are written here are taken for brushes; all else in a filter stays as it is.
 */
import type { Cell } from "../../lib/cells";

/** null: as far as there are numbers. */
export interface Bounds {
  low: number | null;
  high: number | null;
}

const NO_BOUNDS: Bounds = { low: null, high: null };
const PLAIN = /^(?:[^\s()<>=~,"'!]|!(?!=))+$/u;
const BUILT_IN = new Set(
  "name title folder status tag host commit kind starred archived started changed duration".split(" "),
);

/** A value as it stands in a filter, in quotes where it has to. */
export function quotedValue(text: string): string {
  return PLAIN.test(text) ? text : `"${text.replace(/["\\]/gu, "\\$&")}"`;
}

/** A setting as it stands in a filter. */
export function textOfSetting(name: string): string {
  const isAnother = BUILT_IN.has(name) || /^(?:config|label|run)\./u.test(name);
  if (!isAnother && PLAIN.test(name) && !name.startsWith("-")) return name;
  return `config.${quotedValue(name)}`;
}

/** What a label's values come to, as it stands in a filter: `min(val/loss)`. */
export function textOfLabel(way: string, label: string): string {
  return `${way}(${quotedValue(label)})`;
}

export function boundsIn(filter: string, field: string): Bounds {
  const bounds = { ...NO_BOUNDS };
  for (const term of termsOf(filter)) {
    const low = numberBehind(term, `${field}>=`);
    const high = numberBehind(term, `${field}<=`);
    if (low !== null) bounds.low = low;
    if (high !== null) bounds.high = high;
  }
  return bounds;
}

/** The values that a filter asks for in a field, as texts; empty: any. */
export function valuesIn(filter: string, field: string): string[] {
  const term = termsOf(filter).find((each) => each.startsWith(`${field}=`));
  return term === undefined ? [] : splitAt(term.slice(field.length + 1), /,/u).map(withoutQuotes);
}

export function withBounds(filter: string, field: string, { low, high }: Bounds): string {
  const terms = [
    ...(low === null ? [] : [`${field}>=${String(low)}`]),
    ...(high === null ? [] : [`${field}<=${String(high)}`]),
  ];
  return joined(withoutTerms(filter, [field]), terms);
}

export function withValues(filter: string, field: string, values: readonly string[]): string {
  const terms = values.length === 0 ? [] : [`${field}=${values.map(quotedValue).join(",")}`];
  return joined(withoutTerms(filter, [field]), terms);
}

/** With a value of a field, or without it if the filter asks for it. */
export function withValueToggled(filter: string, field: string, value: Cell): string {
  const text = String(value);
  const before = valuesIn(filter, field);
  const isIn = before.includes(text);
  return withValues(filter, field, isIn ? before.filter((each) => each !== text) : [...before, text]);
}

/** What a filter says but for the brushes on these fields. */
export function withoutTerms(filter: string, fields: readonly string[]): string {
  const terms = termsOf(filter);
  const others = terms.filter((term) => !fields.some((field) => isBrush(term, field)));
  return others.length === terms.length ? filter.trim() : others.join(" ");
}

function isBrush(term: string, field: string): boolean {
  return (
    term.startsWith(`${field}=`) ||
    numberBehind(term, `${field}>=`) !== null ||
    numberBehind(term, `${field}<=`) !== null
  );
}

function numberBehind(term: string, beginning: string): number | null {
  const text = term.slice(beginning.length);
  if (!term.startsWith(beginning) || text === "") return null;
  const number = Number(text);
  return Number.isNaN(number) ? null : number;
}

function joined(filter: string, terms: readonly string[]): string {
  if (terms.length === 0 || filter === "") return [filter, ...terms].join(" ").trim();
  const isEither = splitAt(filter, /\s/u).some((word) => word.toLowerCase() === "or");
  return [isEither ? `(${filter})` : filter, ...terms].join(" ");
}

/** The terms that all have to hold; one alone if there is an `or` between them. */
function termsOf(filter: string): string[] {
  const words = splitAt(filter, /\s/u);
  const isOther = words.some((word) => ["or", "and", "not"].includes(word.toLowerCase()));
  if (!isOther) return words;
  const parts = words.filter((word) => word.toLowerCase() !== "and");
  // `not` belongs to what follows, and `or` to both of its sides: what is written so is no brush.
  return parts.some((word) => word.toLowerCase() === "or") ? [filter.trim()] : withNots(parts);
}

function withNots(words: readonly string[]): string[] {
  const terms: string[] = [];
  let before = "";
  for (const word of words) {
    if (word.toLowerCase() === "not") before += `${word} `;
    else {
      terms.push(before + word);
      before = "";
    }
  }
  return before === "" ? terms : [...terms, before.trim()];
}

/** At what stands outside of quotes and parentheses. */
function splitAt(text: string, separator: RegExp): string[] {
  const parts: string[] = [];
  let [part, quote, depth] = ["", "", 0];
  for (let place = 0; place < text.length; place++) {
    const letter = text[place]!;
    if (quote === "" && depth === 0 && separator.test(letter)) {
      if (part !== "") parts.push(part);
      part = "";
      continue;
    }
    part += letter;
    if (quote !== "") {
      if (letter === "\\") part += text[++place] ?? "";
      else if (letter === quote) quote = "";
    } else if (letter === '"' || letter === "'") quote = letter;
    else if (letter === "(") depth++;
    else if (letter === ")") depth--;
  }
  return part === "" ? parts : [...parts, part];
}

function withoutQuotes(text: string): string {
  return /^"(.*)"$/su.test(text) ? text.slice(1, -1).replace(/\\(["\\])/gu, "$1") : text;
}
