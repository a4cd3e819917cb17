/**
 * What else Streamvis' address says of the panels that it lays out: `scopes`, a regular expression over names of
 * experiments, once for all; `names`, one over labels for each panel, in their order; `axes`, for each panel one of lin,
 * xlog, ylog and xylog. What it does not say stays as the board has it. Pure.
 */
import type { BoardPanel } from "../../api/messages";
import { bothFilters } from "./boardSettings";

export interface LookWords {
  scopes: string;
  names: readonly string[];
  axes: string;
}

export interface PanelLook {
  /** Of the filter; "": all experiments. */
  filter: string;
  /** Over labels; "": those of the panel. */
  pattern: string;
  /** null: as the panel has them. */
  log: { x: boolean; y: boolean } | null;
}

const AXES: Readonly<Record<string, PanelLook["log"]>> = {
  lin: { x: false, y: false },
  xlog: { x: true, y: false },
  ylog: { x: false, y: true },
  xylog: { x: true, y: true },
};
/** Of lines that a name has several of, and of the value that is not its x, as the server reads Streamvis' schema. */
const LINE_AND_VALUE = "(?:/[0-9]+)?(?:/y)?$";
const EVERYBODY = ["", ".*", ".+"];

/** For each of so many panels. A text: why what the address has means nothing. */
export function looksOf({ scopes, names, axes }: LookWords, count: number): PanelLook[] | string {
  const modes = axes === "" ? [] : axes.split(",").map((mode) => mode.trim());
  const unknown = modes.find((mode) => !(mode in AXES));
  if (unknown !== undefined) return `axes: ${unknown} is none of ${Object.keys(AXES).join(", ")}.`;
  if (modes.length > 0 && modes.length !== count)
    return `axes=${axes}: ${modes.length} for ${count}; there is one for each panel.`;
  if (names.length > 0 && names.length !== count)
    return `names: ${names.length} for ${count}; there is one for each panel, in their order.`;
  for (const [word, pattern] of [["scopes", scopes], ...names.map((name) => ["names", name])] as const) {
    const problem = problemOf(pattern);
    if (problem !== "") return `${word}=${pattern}: ${problem}`;
  }
  const filter = EVERYBODY.includes(scopes) ? "" : `name~"${scopes.replace(/[\\"]/g, "\\$&")}"`;
  return Array.from({ length: count }, (_, index) => ({
    filter,
    pattern: labelsOf(names[index] ?? ""),
    log: AXES[modes[index] ?? ""] ?? null,
  }));
}

export function inLook(panel: BoardPanel, { filter, pattern, log }: PanelLook): BoardPanel {
  const hasLabels = panel.type === "chart" || panel.type === "item";
  return {
    ...panel,
    ...(filter === "" ? {} : { filter: bothFilters(panel.filter ?? "", filter) }),
    ...(pattern === "" || !hasLabels ? {} : { labels: [], expressions: [], template: "", pattern }),
    ...(log === null ? {} : { log_x: log.x, log_y: log.y }),
  };
}

function labelsOf(name: string): string {
  if (name === "") return "";
  const all = name.endsWith("$") && !name.endsWith("\\$") ? name.slice(0, -1) + LINE_AND_VALUE : name;
  return `^(?!.*\\.x$).*?(?:${all})`;
}

function problemOf(pattern: string): string {
  try {
    new RegExp(pattern, "u");
    return "";
  } catch (error) {
    return (error as Error).message.replace(/^.*: /, "");
  }
}
