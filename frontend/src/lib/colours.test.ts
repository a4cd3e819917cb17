import { expect, test } from "vitest";
import { rampColour } from "./colourScale";
import { PALETTE, placeOf } from "./colours";

type Triple = readonly [number, number, number];
type Matrix = readonly [Triple, Triple, Triple];

function times(matrix: Matrix, [x, y, z]: Triple): Triple {
  const [a, b, c] = matrix.map(([by_x, by_y, by_z]) => by_x * x + by_y * y + by_z * z);
  return [a ?? 0, b ?? 0, c ?? 0];
}

/** Red, green and blue as light. */
function linear(colour: string): Triple {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return [red, green, blue];
}

/** WCAG 2 contrast of two colours. */
function contrast(a: string, b: string): number {
  const luminance = (colour: string) => {
    const [red, green, blue] = linear(colour);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [darker = 0, lighter = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (lighter + 0.05) / (darker + 0.05);
}

/** Of the page, and of what lies behind it (styles/tokens.css). */
const BACKGROUNDS = { light: ["#ffffff", "#f7f7f8"], dark: ["#141417", "#0e0e11"] };
const THEMES = ["light", "dark"] as const;

test.each(THEMES)("each can be seen in the %s theme", (theme) => {
  for (const background of BACKGROUNDS[theme])
    for (const colour of PALETTE) expect(contrast(colour[theme], background)).toBeGreaterThan(3);
});

test.each(THEMES)("each number of a scale can be seen in the %s theme", (theme) => {
  for (let share = 0; share <= 1; share += 0.05)
    for (const background of BACKGROUNDS[theme]) {
      const channels = rampColour(share, theme).match(/\d+/g) ?? [];
      const colour = `#${channels.map((channel) => Number(channel).toString(16).padStart(2, "0")).join("")}`;
      expect(contrast(colour, background)).toBeGreaterThan(3);
    }
});

/** How people see light: Machado, Oliveira and Fernandes, 2009, for those who lack one of the three receptors. */
const SIGHT: Record<string, Matrix> = {
  "all receptors": [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  "no red one": [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  "no green one": [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  "no blue one": [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** Ottosson's OKLab: equal distances look equally far. */
function perceived(light: Triple): Triple {
  const [l, m, s] = times(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    light,
  );
  return times(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    [Math.cbrt(l), Math.cbrt(m), Math.cbrt(s)],
  );
}

/** How far apart colours of the palette look, by the distance of their places. */
function distances(theme: "light" | "dark", sight: string): { places: number; look: number }[] {
  const seen = PALETTE.map((entry) => perceived(times(SIGHT[sight] as Matrix, linear(entry[theme]))));
  return seen.flatMap(([l, a, b], index) =>
    seen.slice(index + 1).map(([otherL, otherA, otherB], more) => ({
      places: Math.min(more + 1, PALETTE.length - more - 1),
      look: Math.hypot(l - otherL, a - otherA, b - otherB),
    })),
  );
}

test.each(Object.keys(SIGHT))("neighbours in the list can be told apart with %s", (sight) => {
  for (const theme of THEMES)
    for (const { places, look } of distances(theme, sight))
      if (places <= 2) expect(look).toBeGreaterThan(0.085);
});

test.each(THEMES)("any two can be told apart in the %s theme", (theme) => {
  for (const { look } of distances(theme, "all receptors")) expect(look).toBeGreaterThan(0.055);
});

test("an id has the same place always", () => {
  expect(placeOf("run-1")).toBe(1016934086);
});

test("many experiments use all colours about as often", () => {
  const counts = new Map<number, number>();
  for (let index = 0; index < 20_000; index++) {
    const place = placeOf(`experiment-${index}`) % PALETTE.length;
    counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
});
