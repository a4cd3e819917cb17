/** A filter that people type: over experiment names, labels, log lines. */
export interface Filter {
  text: string;
  regex: boolean;
  /** Keep what does not match. */
  negate: boolean;
}

export const NO_FILTER: Filter = { text: "", regex: false, negate: false };

export interface CompiledFilter {
  /** Why the text is not a regular expression; null if it is fine. */
  error: string | null;
  matches: (name: string) => boolean;
  /** Of something that goes by several texts: one of them matches; if the filter is negated, none does. */
  matchesAny: (texts: readonly string[]) => boolean;
}

/** Case does not count unless the text has a capital letter. An empty text lets everything through. */
export function compileFilter(filter: Filter): CompiledFilter {
  const { error, matches } = compileMatch(filter);
  const matchesAny = (texts: readonly string[]) =>
    filter.negate ? texts.every(matches) : texts.some(matches);
  return { error, matches, matchesAny };
}

function compileMatch({ text, regex, negate }: Filter): Omit<CompiledFilter, "matchesAny"> {
  if (text === "") return { error: null, matches: () => true };
  const exact = isExact({ text, regex });
  if (!regex) {
    const wanted = exact ? text : text.toLowerCase();
    return {
      error: null,
      matches: (name) => (exact ? name : name.toLowerCase()).includes(wanted) !== negate,
    };
  }
  try {
    const expression = new RegExp(text, exact ? "u" : "iu");
    return { error: null, matches: (name) => expression.test(name) !== negate };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // Chromium says the whole expression first, which stands in the field anyway.
    return {
      error: message.replace(/^Invalid regular expression: .*\/[a-z]*: /su, ""),
      matches: () => false,
    };
  }
}

/** Case counts: there is a capital letter, other than that of a class such as `\S`. */
export function isExact({ text, regex }: Pick<Filter, "text" | "regex">): boolean {
  const letters = regex ? text.replace(/\\./gsu, "") : text;
  return letters !== letters.toLowerCase();
}

export function isEmpty(filter: Filter): boolean {
  return filter.text === "";
}

/** One word for an address: `t:` text or `r:` regular expression, with `!` in front if negated. */
export function encodeFilter({ text, regex, negate }: Filter): string {
  const word = `${negate ? "!" : ""}${regex ? "r" : "t"}:${text}`;
  return word === "t:" ? "" : word;
}

export function decodeFilter(word: string): Filter {
  const found = /^(!?)([tr]):(.*)$/su.exec(word);
  return found ? { text: found[3] ?? "", regex: found[2] === "r", negate: found[1] === "!" } : NO_FILTER;
}
