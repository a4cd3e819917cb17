/** Figures, and the lines of which one grows (lavdlike/kinds/plot_lines.py; docs/format.md, "Plots"). Pure. */

export type JsonObject = Record<string, unknown>;

/** A figure that is folded from lines. */
export interface FoldedFigure {
  data: JsonObject[];
  layout: JsonObject;
}

/** JSON, as it stands in the file, or folded from lines. */
export type Figure = string | FoldedFigure;

export function textOf(figure: Figure): string {
  return typeof figure === "string" ? figure : JSON.stringify(figure);
}

const VERBS = ["append", "prepend", "append_each", "prepend_each"] as const;

/** The figure after these lines; a line that is none, or cannot be, changes nothing. `before` is changed and lost. */
export function afterLines(before: FoldedFigure | null, lines: string): FoldedFigure | null {
  let figure = before;
  for (const line of lines.split("\n")) {
    if (!line) continue;
    try {
      figure = afterChange(figure, parsed(line));
    } catch (error) {
      if (!(error instanceof NoChange || error instanceof SyntaxError)) throw error;
    }
  }
  return figure && { ...figure };
}

class NoChange extends Error {}

export function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // Python has NaN and Infinity, which JSON has not.
    return JSON.parse(
      line.replace(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, (found) =>
        found.startsWith('"') ? found : "null",
      ),
    );
  }
}

function afterChange(figure: FoldedFigure | null, line: unknown): FoldedFigure {
  const change = objectOf(line);
  if ("data" in change) {
    return {
      ...change,
      data: listOf(change["data"]).map(objectOf),
      layout: objectOf(change["layout"] ?? {}),
    };
  }
  if (!figure) throw new NoChange();
  const { data, layout } = figure;
  if ("trace" in change) changeTrace(data[placeOf(data, change["trace"])]!, change);
  else if ("add" in change) data.push(objectOf(change["add"]));
  else if ("remove" in change) data.splice(placeOf(data, change["remove"]), 1);
  else if ("layout" in change) Object.assign(layout, objectOf(change["layout"]));
  return figure;
}

function placeOf(traces: readonly JsonObject[], trace: unknown): number {
  const place =
    typeof trace === "string" ? traces.findIndex(({ name }) => name === trace) : (trace as number);
  if (!Number.isInteger(place) || !(place in traces)) throw new NoChange();
  return place;
}

interface Addition {
  there: unknown[];
  more: unknown[];
  isBehind: boolean;
}

function changeTrace(trace: JsonObject, change: JsonObject): void {
  const set = objectOf(change["set"] ?? {});
  const additions = VERBS.flatMap((verb) =>
    verb in change ? [...additionsTo(trace, objectOf(change[verb]), verb)] : [],
  );
  for (const { there, more, isBehind } of additions) {
    const behind = isBehind ? [] : there.splice(0);
    // One by one: a call takes only so many arguments.
    for (const value of more) there.push(value);
    for (const value of behind) there.push(value);
  }
  Object.assign(trace, set);
}

function* additionsTo(target: JsonObject, given: JsonObject, verb: string): Generator<Addition> {
  const isBehind = verb.startsWith("append");
  for (const [key, value] of Object.entries(given)) {
    if (!Array.isArray(value)) {
      yield* additionsTo(objectOf((target[key] ??= {})), objectOf(value), verb);
      continue;
    }
    const there = listOf((target[key] ??= []));
    if (!verb.endsWith("_each")) yield { there, more: value, isBehind };
    else if (there.length !== value.length) throw new NoChange();
    else
      for (const [row, more] of value.entries())
        yield { there: listOf(there[row]), more: listOf(more), isBehind };
  }
}

function objectOf(value: unknown): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new NoChange();
  return value as JsonObject;
}

function listOf(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new NoChange();
  return value;
}
