/** What labels are (docs/format.md, "Labels"): which definition holds for a label. The page's side of lavdlike/labels.py. */

/** As messages carry it: what is absent is not said. */
export interface Definition {
  readonly pattern: string;
  readonly goal?: Goal;
  readonly unit?: string;
  readonly x?: string;
  readonly description?: string;
}

/** Which values are better; "": neither. */
export type Goal = "" | "min" | "max";

/** What is known of one label. Each is "" if nobody says it. */
export interface LabelMeaning {
  goal: Goal;
  unit: string;
  /** The label whose value at the same step is the x axis. */
  x: string;
  description: string;
}

export const NO_MEANING: LabelMeaning = { goal: "", unit: "", x: "", description: "" };

/** `*` stands for any text. */
export function matchesPattern(pattern: string, label: string): boolean {
  const [first = "", ...others] = pattern.split("*");
  const last = others.pop();
  if (last === undefined) return pattern === label;
  if (!label.startsWith(first) || !label.endsWith(last)) return false;
  let place = first.length;
  for (const part of others) {
    const found = label.indexOf(part, place);
    if (found < 0) return false;
    place = found + part.length;
  }
  return place + last.length <= label.length;
}

/** The first definition that matches and says something decides that. */
export function meaningOf(label: string, definitions: readonly Definition[]): LabelMeaning {
  const meaning = { ...NO_MEANING };
  for (const { pattern, goal, unit, x, description } of definitions) {
    if (!matchesPattern(pattern, label)) continue;
    meaning.goal ||= goal ?? "";
    meaning.unit ||= unit ?? "";
    meaning.x ||= x ?? "";
    meaning.description ||= description ?? "";
  }
  // A label has no axis in itself.
  return meaning.x === label ? { ...meaning, x: "" } : meaning;
}

/** Without those that say again what another one of them says. */
export function distinct(definitions: readonly Definition[]): Definition[] {
  const byWord = new Map<string, Definition>();
  for (const definition of definitions) {
    const word = JSON.stringify(definition);
    if (!byWord.has(word)) byWord.set(word, definition);
  }
  return [...byWord.values()];
}

/** Larger or smaller of two by the goal; what is no number is never better. */
export function isBetter(goal: Goal, value: number, than: number): boolean {
  if (Number.isNaN(value)) return false;
  if (Number.isNaN(than)) return true;
  return goal === "min" ? value < than : value > than;
}

/** A number with its unit, as people write it: `12%`, `3.5 ms`. */
export function withUnit(text: string, unit: string): string {
  if (unit === "" || text === "") return text;
  return /^[%°'"]/.test(unit) ? text + unit : `${text}\u00a0${unit}`;
}
