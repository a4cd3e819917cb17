/** How a panel is drawn: as it says itself, else as its board says. Pure. */
import type { Board, BoardPanel, BoardSettings } from "../../api/messages";
import { boundedPattern } from "../../lib/boundedPattern";

const NAMES: readonly Exclude<keyof BoardSettings, "filter">[] = [
  "x",
  "x_label",
  "log_x",
  "log_y",
  "x_range",
  "y_range",
  "smoothing",
  "smoothing_method",
  "group_by",
  "group_pattern",
  "group_folder",
  "average",
  "band",
  "singles",
  "outliers",
];
const GROUPING: readonly (keyof BoardSettings)[] = ["group_by", "group_pattern", "group_folder"];
const X: readonly (keyof BoardSettings)[] = ["x", "x_label"];

/** `filter`: both must let an experiment through. What says one thing in several fields is taken from one of them as a whole. */
export function settingsOf(board: Board, panel: BoardPanel): BoardSettings {
  const found: Record<string, unknown> = {};
  for (const name of NAMES) {
    const together = [GROUPING, X].find((names) => names.includes(name)) ?? [name];
    const from = together.some((each) => isSaid(panel[each])) ? panel : board;
    if (isSaid(from[name])) found[name] = from[name];
  }
  return { ...found, filter: bothFilters(board.filter ?? "", panel.filter ?? "") };
}

/** What both let through. */
export function bothFilters(one: string, other: string): string {
  const terms = [one, other].map((each) => each.trim()).filter(Boolean);
  return terms.length < 2 ? (terms[0] ?? "") : terms.map((each) => `(${each})`).join(" ");
}

/** Regular expression and what it captures: a panel of a template for each of these texts. */
export interface TemplateGroup {
  text: string;
  labels: string[];
}

/** A text: why the template means nothing. */
export function templateGroups(template: string, labels: readonly string[]): TemplateGroup[] | string {
  const expression = boundedPattern(template);
  if (typeof expression === "string") return expression;
  const groups = new Map<string, string[]>();
  for (const label of labels) {
    const found = expression.exec(label);
    if (!found) continue;
    const captured = found.slice(1).filter((text) => text !== undefined);
    const text = found.length > 1 ? captured.join(" ") : label;
    groups.set(text, [...(groups.get(text) ?? []), label]);
  }
  return [...groups].map(([text, own]) => ({ text, labels: own }));
}

function isSaid(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
}
