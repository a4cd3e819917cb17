/** Averages of groups as lines of a chart, with what their tooltips say. */
import type { AggregateColumns } from "../../api/aggregates";
import type { Group } from "../../api/messages";
import type { Hovered } from "../../charts/hover.svelte";
import { sortPoints, type HoverOrder } from "../../charts/hover";
import type { Line } from "../../charts/lines";
import { isWhole } from "./groupAverages";
import type { ScalarLine } from "./lines";
import { spelled, toTsv } from "./seriesFiles";

export interface GroupLine extends Line {
  /** The group's title; "" of a single experiment. */
  group: string;
  label: string;
  /** Experiments that have a value, at each point. */
  n: Float64Array;
  /** Experiments that have the label. */
  runs: number;
  /** Values that are not finite, which do not count. */
  missing: number;
  /** Whether every step is here. */
  isWhole: boolean;
}

const NONE = new Float64Array();

/** How what is drawn of each group looks. `name`: how it is told from others; "" where there are none. */
export interface PartStyle {
  name: string;
  dash: readonly number[];
  /** CSS pixels; null: as others. */
  width: number | null;
  scattered: boolean;
  isRight: boolean;
}

export const ALONE: PartStyle = { name: "", dash: [], width: null, scattered: false, isRight: false };

export function lineOfGroup(
  columns: AggregateColumns,
  group: Group,
  colour: string,
  { name, dash, width, scattered, isRight } = ALONE,
): GroupLine {
  const { head, x, average, low, high, n } = columns;
  return {
    name: name === "" ? group.title : `${group.title} · ${name}`,
    group: group.title,
    label: head.label,
    colour,
    dash,
    ...(width === null ? {} : { width }),
    scattered,
    ...(isRight ? { axis: "right" as const } : {}),
    members: group.experiments,
    x,
    y: average,
    band: { low, high },
    smoothed: null,
    length: x.length,
    origin: 0,
    segments: [],
    sorted: true,
    n,
    runs: head.runs,
    missing: head.missing,
    isWhole: isWhole(columns),
  };
}

/** A single experiment, pale behind its group. */
export function lineBehind(line: ScalarLine, colour: string, { isRight } = ALONE): GroupLine {
  return {
    ...line,
    ...(isRight ? { axis: "right" as const } : {}),
    group: "",
    y: line.smoothed ?? line.y,
    smoothed: null,
    dash: [],
    colour,
    behind: true,
    n: NONE,
    runs: 1,
    missing: 0,
    isWhole: false,
  };
}

export interface GroupRow {
  line: GroupLine;
  x: number;
  average: number;
  /** NaN: there is no band, as of one experiment. */
  low: number;
  high: number;
  n: number;
  distance: number;
  /** It has nothing just there: this is the last before. */
  isAside: boolean;
  isExact: boolean;
  isNearest: boolean;
}

/** What the server says of a place, by `keyOfAverage`. */
export type ExactAverages = ReadonlyMap<string, AggregateColumns>;

export function keyOfAverage({ group, label }: Pick<GroupLine, "group" | "label">): string {
  return JSON.stringify([group, label]);
}

/** `exact`: null until it is there. */
export function groupRows(
  hovered: Hovered<GroupLine>,
  exact: ExactAverages | null,
  order: HoverOrder,
): GroupRow[] {
  const rows = hovered.points.map((point) => {
    const { line, index, x, value, distance, isHere } = point;
    const drawn: GroupRow & { shown: number } = {
      line,
      x,
      average: value,
      shown: value,
      low: line.band?.low[index] ?? NaN,
      high: line.band?.high[index] ?? NaN,
      n: line.n[index] ?? 0,
      distance,
      isAside: !isHere,
      // What was sent of a step is exact; which step is nearest is only known of a whole line.
      isExact: isHere || line.isWhole,
      isNearest: point === hovered.nearest,
    };
    const found = drawn.isExact ? undefined : exact?.get(keyOfAverage(line));
    const at = found ? lastAt(found.x, hovered.at ?? NaN) : -1;
    if (!found || at < 0) return drawn;
    return {
      ...drawn,
      x: found.x[at]!,
      average: found.average[at]!,
      shown: found.average[at]!,
      low: found.low[at]!,
      high: found.high[at]!,
      n: found.n[at]!,
      isAside: found.x[at] !== hovered.at,
      isExact: true,
    };
  });
  return sortPoints(rows, order);
}

function lastAt(x: Float64Array, at: number): number {
  return x.findLastIndex((each) => each <= at);
}

/** A table for the clipboard, every digit kept. */
export function copiedGroups(rows: readonly GroupRow[]): string {
  const cells = rows.map(({ line, x, average, low, high, n }) => [
    line.group,
    line.label,
    ...[x, average, low, high].map(spelled),
    String(n),
  ]);
  return toTsv([["group", "label", "x", "average", "low", "high", "n"], ...cells]);
}
