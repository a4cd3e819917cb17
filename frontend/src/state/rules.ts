/** Which names are shown: rules in order, of which the last that matches decides. Without any, all are. */
import { compileFilter, decodeFilter, encodeFilter, isEmpty, type Filter } from "./filter";

export type Rule = { show: boolean } & ({ id: string } | { filter: Filter });

export interface Named {
  id: string;
  name: string;
}

/** A function that says of an experiment whether it is shown. */
export function compileRules(rules: readonly Rule[]): (named: Named) => boolean {
  const ofIds = new Map<string, { position: number; show: boolean }>();
  const ofFilters: { position: number; show: boolean; matches: (name: string) => boolean }[] = [];
  rules.forEach((rule, position) => {
    const { show } = rule;
    if ("id" in rule) ofIds.set(rule.id, { position, show });
    else ofFilters.unshift({ position, show, matches: compileFilter(rule.filter).matches });
  });
  return ({ id, name }) => {
    const ofId = ofIds.get(id);
    const ofFilter = ofFilters.find(
      ({ position, matches }) => position > (ofId?.position ?? -1) && matches(name),
    );
    return (ofFilter ?? ofId)?.show ?? true;
  };
}

/** Show or hide one. A rule that says what holds anyway is not kept. */
export function setOne(rules: readonly Rule[], named: Named, show: boolean): Rule[] {
  const others = rules.filter((rule) => !("id" in rule && rule.id === named.id));
  return compileRules(others)(named) === show ? others : [...others, { show, id: named.id }];
}

export function onlyOne(named: Named): Rule[] {
  return [
    { show: false, filter: decodeFilter("") },
    { show: true, id: named.id },
  ];
}

/** Show or hide all that a filter lets through, of `all`. */
export function setFiltered(
  rules: readonly Rule[],
  filter: Filter,
  show: boolean,
  all: Iterable<Named>,
): Rule[] {
  if (isEmpty(filter)) return show ? [] : [{ show, filter }];
  const { matches } = compileFilter(filter);
  const overruled = new Set([...all].filter(({ name }) => matches(name)).map(({ id }) => id));
  const word = encodeFilter(filter);
  const others = rules.filter((rule) =>
    "id" in rule ? !overruled.has(rule.id) : encodeFilter(rule.filter) !== word,
  );
  const decides = compileRules(others);
  const needed = [...all].some((named) => overruled.has(named.id) && decides(named) !== show);
  return needed ? [...others, { show, filter }] : others;
}

/** One word for an address: `+` or `-`, then a filter or `=` and an id. */
export function encodeRule(rule: Rule): string {
  return (rule.show ? "+" : "-") + ("id" in rule ? `=${rule.id}` : encodeFilter(rule.filter));
}

export function decodeRule(word: string): Rule | null {
  const show = word.startsWith("+");
  if (!show && !word.startsWith("-")) return null;
  const rest = word.slice(1);
  return rest.startsWith("=") ? { show, id: rest.slice(1) } : { show, filter: decodeFilter(rest) };
}
