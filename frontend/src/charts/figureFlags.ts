/** What somebody has written to places of a chart, in its picture: numbered there, and the texts in a list below. */
import { placeFlags, type Flag, type FlagHead } from "./flags";
import type { FigureColours } from "./figure";
import type { Scale } from "./lines";
import { attributes, CHARACTER_WIDTH, round, shortened, textSvg } from "./svg";

export interface FigureFlags {
  /** Behind the lines. */
  bands: string[];
  /** Over the lines. */
  places: string[];
  /** One line each. */
  texts: string[];
}

/** A picture is no list: so many texts are under it. */
const MOST_LISTED = 20;
const NUMBER_WIDTH = 6;
const HEAD_HEIGHT = 14;

export function figureFlags(
  flags: readonly Flag[],
  scales: { x: Scale; y: Scale },
  { width, colours }: { width: number; colours: FigureColours },
): FigureFlags {
  const { bands, lines, dots, heads } = placeFlags(flags, scales);
  const [top, bottom] = [scales.y.to, scales.y.from];
  const longest = Math.floor(width / CHARACTER_WIDTH);
  const numbered = heads.flatMap((head) => head.flags);
  return {
    bands: bands.map(({ left, width: wide, colour }) => {
      const band = { x: round(left), y: top, width: round(wide), height: round(bottom - top) };
      return `<rect ${attributes({ ...band, fill: colour, "fill-opacity": 0.12 })}/>`;
    }),
    places: [
      ...lines.map(({ left, colour }) => {
        const line = { x1: left, x2: left, y1: top, y2: bottom, stroke: colour, "stroke-dasharray": "3 2" };
        return `<line ${attributes(line)}/>`;
      }),
      ...dots.map(({ left, top: y, colour }) => {
        const dot = { cx: round(left), cy: round(y), r: 4, stroke: colour, "stroke-width": 2 };
        return `<circle ${attributes({ ...dot, fill: colours.background })}/>`;
      }),
      ...headsSvg(heads, top, colours),
    ],
    texts: [
      ...numbered.slice(0, MOST_LISTED).map((flag, index) => lineOf(flag, index + 1, longest)),
      ...(numbered.length > MOST_LISTED ? [`and ${numbered.length - MOST_LISTED} more`] : []),
    ],
  };
}

/** Of several flags that share a head, the first and the last number. */
function headsSvg(heads: readonly FlagHead[], top: number, colours: FigureColours): string[] {
  let before = 0;
  return heads.flatMap(({ left, flags, colour }) => {
    const [first, last] = [before + 1, before + flags.length];
    before = last;
    const words = first === last ? String(first) : `${first}–${last}`;
    const width = Math.max(HEAD_HEIGHT, words.length * NUMBER_WIDTH + 7);
    const box = { x: round(left - width / 2), y: top - HEAD_HEIGHT / 2, width, height: HEAD_HEIGHT, rx: 7 };
    const look = { fill: colours.background, stroke: colour ?? colours.muted, "stroke-width": 1.5 };
    return [
      `<rect ${attributes({ ...box, ...look })}/>`,
      textSvg(round(left), top + 3.5, words, {
        fill: colours.text,
        "font-size": 10,
        "font-weight": 600,
        "text-anchor": "middle",
      }),
    ];
  });
}

/** The text gives way to who wrote it, when, and to what. */
function lineOf({ text, about }: Flag, number: number, longest: number): string {
  const [begin, end] = [`${number}  `, ` · ${about()}`];
  const words = text.replace(/\s+/g, " ").trim();
  return shortened(
    begin + shortened(words, Math.max(24, longest - begin.length - end.length)) + end,
    longest,
  );
}
