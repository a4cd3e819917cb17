import { expect, test } from "vitest";
import { placeOfShare, SEQUENTIAL, sequentialColour } from "./sequential";

function luminance(place: number): number {
  const [red, green, blue] = [0, 1, 2].map((channel) => (SEQUENTIAL[place * 3 + channel]! / 255) ** 2.2);
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

test("more is always lighter, so that the order is seen without colour", () => {
  for (let place = 5; place < 256; place++) expect(luminance(place)).toBeGreaterThan(luminance(place - 5));
});

test("shares outside of 0 to 1 have the colour of the end, NaN has none", () => {
  expect(placeOfShare(-1)).toBe(0);
  expect(placeOfShare(2)).toBe(255);
  expect(sequentialColour(NaN)).toBe("transparent");
});
