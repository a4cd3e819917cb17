/** Texts of the filter's language (docs/filter.md) as far as the page writes them; the server alone reads them. */
export { queryOfOld, quoted } from "./filterWords";

/** The terms that all have to hold; one alone if there is an `or` between them. */
export function termsOf(query: string): string[] {
  const terms: string[] = [];
  let depth = 0;
  let quote = "";
  let term = "";
  for (let place = 0; place < query.length; place++) {
    const letter = query[place]!;
    if (quote === "" && depth === 0 && /\s/u.test(letter)) {
      if (term !== "") terms.push(term);
      term = "";
      continue;
    }
    term += letter;
    if (quote !== "") {
      if (letter === "\\") term += query[++place] ?? "";
      else if (letter === quote) quote = "";
    } else if (letter === '"' || letter === "'") quote = letter;
    else if (letter === "(") depth++;
    else if (letter === ")") depth--;
  }
  if (term !== "") terms.push(term);
  if (terms.some((each) => each.toLowerCase() === "or")) return [query.trim()];
  return terms.filter((each) => each.toLowerCase() !== "and");
}

export function hasTerm(query: string, term: string): boolean {
  return termsOf(query).includes(term);
}

/** With a term that has to hold as well; without it, if it did. */
export function toggleTerm(query: string, term: string): string {
  const terms = termsOf(query);
  if (terms.includes(term)) return terms.filter((each) => each !== term).join(" ");
  const [only] = terms;
  const isEither = terms.length === 1 && /\sor\s/iu.test(only!) && !/^\(.*\)$/su.test(only!);
  return [...(isEither ? [`(${only})`] : terms), term].join(" ");
}
