import { expect, test } from "vitest";
import { PALETTE, placeOf, spread } from "./colours";

/** WCAG 2 contrast of two colours. */
function contrast(a: string, b: string): number {
  const luminance = (colour: string) => {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
      const part = parseInt(colour.slice(at, at + 2), 16) / 255;
      return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [darker = 0, lighter = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (lighter + 0.05) / (darker + 0.05);
}

test.each(PALETTE)("$name can be seen in both themes", ({ light, dark }) => {
  expect(contrast(light, "#ffffff")).toBeGreaterThan(3);
  expect(contrast(dark, "#141417")).toBeGreaterThan(3);
});

test("an id has the same place always", () => {
  expect(placeOf("run-1")).toBe(1016934086);
});

test("no two have the same colour while there are enough", () => {
  const ids = Array.from({ length: PALETTE.length }, (_, index) => `run-${index}`);
  expect(new Set(spread(ids).values()).size).toBe(PALETTE.length);
});

test("many experiments use all colours about as often", () => {
  const counts = new Map<number, number>();
  for (let index = 0; index < 12_000; index++) {
    const place = placeOf(`experiment-${index}`) % PALETTE.length;
    counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
});
