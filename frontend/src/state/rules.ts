/** Which names are shown: rules in order, of which the last that matches decides. Without any, all are. */
import { compileFilter, decodeFilter, encodeFilter, NO_FILTER, type Filter } from "../lib/filter";

export type Rule = { show: boolean } & ({ id: string } | { filter: Filter });

export interface Named {
  id: string;
  name: string;
  /** What people said of it, if they did. */
  title?: string;
  tags?: readonly string[];
}

/** What a filter looks at. */
export function textsOf({ name, title, tags = [] }: Named): string[] {
  return title ? [name, title, ...tags] : [name, ...tags];
}

/** A function that says of an experiment whether it is shown. */
export function compileRules(rules: readonly Rule[]): (named: Named) => boolean {
  const ofIds = new Map<string, { position: number; show: boolean }>();
  const ofFilters: { position: number; show: boolean; matchesAny: (texts: readonly string[]) => boolean }[] =
    [];
  rules.forEach((rule, position) => {
    const { show } = rule;
    if ("id" in rule) ofIds.set(rule.id, { position, show });
    else ofFilters.unshift({ position, show, matchesAny: compileFilter(rule.filter).matchesAny });
  });
  return (named) => {
    const ofId = ofIds.get(named.id);
    const ofFilter = ofFilters.find(
      ({ position, matchesAny }) => position > (ofId?.position ?? -1) && matchesAny(textsOf(named)),
    );
    return (ofFilter ?? ofId)?.show ?? true;
  };
}

/** Show or hide one. A rule that says what holds anyway is not kept. */
export function setOne(rules: readonly Rule[], named: Named, show: boolean): Rule[] {
  const others = rules.filter((rule) => !("id" in rule && rule.id === named.id));
  return compileRules(others)(named) === show ? others : [...others, { show, id: named.id }];
}

/** The rules of an experiment with another id; those that stood for the new id before are of an earlier one. */
export function carryId(rules: readonly Rule[], from: string, to: string): Rule[] {
  if (!rules.some((rule) => "id" in rule && rule.id === from)) return [...rules];
  return rules
    .filter((rule) => !("id" in rule && rule.id === to))
    .map((rule) => ("id" in rule && rule.id === from ? { ...rule, id: to } : rule));
}

/** Only these, whoever comes later. */
export function onlyThese(ids: readonly string[]): Rule[] {
  return [{ show: false, filter: NO_FILTER }, ...ids.map((id) => ({ show: true, id }))];
}

/** Show or hide some of `all`; in as few words as it takes. */
export function setSome(
  rules: readonly Rule[],
  some: readonly Named[],
  show: boolean,
  all: readonly Named[],
): Rule[] {
  const chosen = new Set(some.map(({ id }) => id));
  const isOn = compileRules(rules);
  const on = all.filter((named) => (chosen.has(named.id) ? show : isOn(named)));
  if (on.length === all.length) return [];
  if (on.length < all.length / 2) return onlyThese(on.map(({ id }) => id));
  const isOnStill = new Set(on.map(({ id }) => id));
  return all.flatMap(({ id }) => (isOnStill.has(id) ? [] : { show: false, id }));
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
