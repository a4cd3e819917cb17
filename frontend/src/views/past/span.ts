/** From where to where the past can be looked at, and places between. Times are Unix seconds. */
import type { ExperimentSummary, ScalarLabels } from "../../api/messages";
import { isSystem } from "../../lib/systemLabels";

export interface Span {
  begin: number;
  end: number;
}

export interface Cursor {
  by: "time" | "step";
  at: number;
}

/** null: the text says none. */
export function cursorOf(text: string): Cursor | null {
  const [, how, number] = /^([ts])(\d+(?:\.\d+)?)$/.exec(text) ?? [];
  return number === undefined ? null : { by: how === "t" ? "time" : "step", at: Number(number) };
}

export function textOf({ by, at }: Cursor): string {
  return by === "time" ? `t${Number(at.toFixed(3))}` : `s${Math.round(at)}`;
}

/** From the first begin to the last change of these experiments. */
export function timesOf(rows: readonly ExperimentSummary[]): Span {
  const begins = rows.map(
    ({ created, sessions, changed }) => created ?? sessions[0]?.started ?? (changed || Infinity),
  );
  const begin = Math.min(...begins);
  return Number.isFinite(begin)
    ? { begin, end: Math.max(begin, ...rows.map(({ changed }) => changed)) }
    : { begin: 0, end: 0 };
}

/** From step 0 to the last one that a script logged. */
export function stepsOf(scalars: readonly ScalarLabels[]): Span {
  const lasts = scalars.flatMap(({ labels }) =>
    labels.filter(({ label }) => !isSystem(label)).map(({ last_step }) => last_step),
  );
  return { begin: 0, end: lasts.reduce((last, step) => Math.max(last, step), 0) };
}

/** Where a sweep is that began at `from`, and takes `whole_s` for all of the span. */
export function sweptTo({ begin, end }: Span, from: number, elapsed_s: number, whole_s: number): number {
  return Math.min(end, from + ((end - begin) * elapsed_s) / whole_s);
}

/** Where a sweep begins: at the end there is nothing left of it. */
export function sweepFrom({ begin, end }: Span, at: number): number {
  return at >= end || at < begin ? begin : at;
}
