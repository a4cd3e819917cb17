/** Places of the x axis that somebody has written something to: where they stand in a chart. */
import { projection, type Scale } from "./lines";

export interface Flag {
  id: string;
  x: number;
  /** Of a range; null: one place. */
  end: number | null;
  /** Of a point; null: the whole height. */
  y: number | null;
  colour: string;
  /** One letter for the head of the flag. */
  initial: string;
  text: string;
  /** Who wrote it, when, and to what. */
  about: () => string;
}

/** Where the plot's area lies in its chart, in pixels, and what stands for what on it. */
export interface FlagArea {
  left: number;
  top: number;
  width: number;
  height: number;
  x: Scale;
  y: Scale;
}

/** Positions in pixels of the plot's area. */
export interface FlagLine {
  id: string;
  left: number;
  colour: string;
}

export interface FlagBand extends FlagLine {
  width: number;
}

export interface FlagDot extends FlagLine {
  top: number;
}

/** One head for all flags that would cover each other. */
export interface FlagHead {
  left: number;
  flags: readonly Flag[];
  /** null: they have several. */
  colour: string | null;
}

export interface PlacedFlags {
  lines: FlagLine[];
  bands: FlagBand[];
  dots: FlagDot[];
  heads: FlagHead[];
}

/** Heads nearer to each other than this, in pixels, are one. */
export const HEAD_WIDTH = 18;

/** Those in sight, from left to right. Of lines on one pixel only one is there. */
export function placeFlags(flags: readonly Flag[], scales: { x: Scale; y: Scale }): PlacedFlags {
  const toX = projection(scales.x);
  const toY = projection(scales.y);
  const { from, to } = scales.x;
  const isInside = (left: number) => left >= from - 0.5 && left <= to + 0.5;
  const lines = new Map<string, FlagLine>();
  const bands: FlagBand[] = [];
  const dots: FlagDot[] = [];
  const seen: { left: number; flag: Flag }[] = [];
  for (const flag of flags) {
    const { id, colour } = flag;
    const begin = toX(flag.x);
    const end = flag.end === null ? begin : toX(flag.end);
    const left = Math.max(begin, from);
    const right = Math.min(end, to);
    if (Number.isNaN(begin) || Number.isNaN(end) || right < from - 0.5 || left > to + 0.5) continue;
    seen.push({ left, flag });
    if (flag.end !== null) bands.push({ id, left, width: Math.max(1, right - left), colour });
    if (isInside(begin)) lines.set(`${Math.round(begin)} ${colour}`, { id, left: Math.round(begin), colour });
    const top = flag.y === null ? NaN : toY(flag.y);
    if (isInside(begin) && top >= scales.y.to && top <= scales.y.from)
      dots.push({ id, left: begin, top, colour });
  }
  return { lines: [...lines.values()], bands, dots, heads: gathered(seen) };
}

function gathered(seen: { left: number; flag: Flag }[]): FlagHead[] {
  const heads: { left: number; flags: Flag[]; colour: string | null }[] = [];
  for (const { left, flag } of seen.sort((a, b) => a.left - b.left)) {
    const last = heads.at(-1);
    if (!last || left - last.left >= HEAD_WIDTH) {
      heads.push({ left, flags: [flag], colour: flag.colour });
      continue;
    }
    last.flags.push(flag);
    if (flag.colour !== last.colour) last.colour = null;
  }
  return heads;
}
