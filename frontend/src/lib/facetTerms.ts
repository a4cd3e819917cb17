/** What a facet's marks and bounds are as terms of the filter: `opt=adamw,lion`, `lr>=0.01 lr<=0.1`. */
import { termsOf } from "./filterTerms";

/** `field operator values`; the values as they stand there, in quotes where they do. */
export interface Comparison {
  field: string;
  operator: string;
  values: string[];
}

export interface Bounds {
  low: string;
  high: string;
}

/** A term that compares a field with values; null for text in names, `has(...)`, what is negated and what has an `or`. */
export function comparisonOf(term: string): Comparison | null {
  const found =
    /^((?:"(?:[^"\\]|\\.)*"|\([^()]*\)|[^\s()<>=~,"'!])+)\s*(!=|<=|>=|=|<|>|~)(?!.*\s(?:or|and)\s)(.+)$/isu.exec(
      term,
    );
  if (!found || found[1]!.startsWith("-")) return null;
  return { field: found[1]!, operator: found[2]!, values: valuesIn(found[3]!) };
}

/** The values of a field that the filter lets through. */
export function valuesOf(query: string, field: string): string[] {
  return comparisonsOn(query, field, ["="]).flatMap(({ values }) => values);
}

export function hasValue(query: string, term: string): boolean {
  const { field, values } = comparisonOf(term)!;
  return valuesOf(query, field).some((value) => isSame(value, values[0]!));
}

/** With a further value of its field; without it, if it was one of them. `term`: `opt=adamw`. */
export function toggleValue(query: string, term: string): string {
  const { field, values } = comparisonOf(term)!;
  const [wanted] = values as [string];
  const before = valuesOf(query, field);
  const after = before.filter((value) => !isSame(value, wanted));
  if (after.length === before.length) after.push(wanted);
  return withTerm(query, field, ["="], after.length > 0 ? `${field}=${after.join(",")}` : "");
}

/** "" where there is no such bound. */
export function boundsOf(query: string, field: string): Bounds {
  const of = (operator: string) => comparisonsOn(query, field, [operator])[0]?.values[0] ?? "";
  return { low: of(">="), high: of("<=") };
}

export function withBounds(query: string, field: string, { low, high }: Bounds): string {
  const below = withTerm(query, field, [">="], low === "" ? "" : `${field}>=${low}`);
  return withTerm(below, field, ["<="], high === "" ? "" : `${field}<=${high}`);
}

/** Whether a facet says something of this field in the filter. */
export function isChosen(query: string, field: string): boolean {
  return comparisonsOn(query, field, OF_FACETS).length > 0;
}

/** What facets say something of, or could: fields with values or bounds. */
export function fieldsChosen(query: string): string[] {
  const comparisons = termsOf(query).flatMap((term) => comparisonOf(term) ?? []);
  const chosen = comparisons.filter(
    ({ field, operator }) => OF_FACETS.includes(operator) && !field.includes("("),
  );
  return [...new Set(chosen.map(({ field }) => field))];
}

/** Whether a field is meant by what was written: with or without its scope. */
export function isField(written: string, field: string): boolean {
  return [field, `config.${field}`, `run.${field}`].includes(written);
}

/** The filter but for what a facet says of this field: what its values are counted with. */
export function withoutField(query: string, field: string): string {
  return withTerm(query, field, OF_FACETS, "");
}

const OF_FACETS: readonly string[] = ["=", ">=", "<="];

function comparisonsOn(query: string, field: string, operators: readonly string[]): Comparison[] {
  return termsOf(query).flatMap((term) => {
    const comparison = comparisonOf(term);
    return comparison && isOn(comparison, field, operators) ? [comparison] : [];
  });
}

function isOn(comparison: Comparison, field: string, operators: readonly string[]): boolean {
  return isField(comparison.field, field) && operators.includes(comparison.operator);
}

/** The first such term becomes `term`, further ones go. */
function withTerm(query: string, field: string, operators: readonly string[], term: string): string {
  const terms = termsOf(query);
  const isEither = terms.length === 1 && /\sor\s/iu.test(terms[0]!) && comparisonOf(terms[0]!) === null;
  const found = terms.map((each) => {
    const comparison = comparisonOf(each);
    return comparison !== null && isOn(comparison, field, operators);
  });
  const place = found.indexOf(true);
  if (place < 0 && term === "") return query;
  const kept = terms.flatMap((each, index) => (index === place ? [term] : found[index] ? [] : [each]));
  if (place < 0) {
    if (isEither && !/^\(.*\)$/su.test(kept[0]!)) kept[0] = `(${kept[0]})`;
    kept.push(term);
  }
  return kept.filter(Boolean).join(" ");
}

/** What stands between commas outside of quotes. */
function valuesIn(text: string): string[] {
  return (text.match(/(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^,])+/gu) ?? []).map((value) => value.trim());
}

/** As the server compares: numbers as numbers, text without regard to case. */
function isSame(one: string, other: string): boolean {
  const [a, b] = [plain(one), plain(other)];
  return a === b || (a !== "" && b !== "" && Number(a) === Number(b));
}

function plain(value: string): string {
  const inner = /^(["'])(.*)\1$/su.exec(value)?.[2];
  return (inner === undefined ? value : inner.replace(/\\(["'\\])/gu, "$1")).toLowerCase();
}
