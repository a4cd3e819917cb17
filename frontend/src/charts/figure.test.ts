/** What it makes is read with a DOMParser. @vitest-environment jsdom */
import { expect, test } from "vitest";
import { figureSvg, type Figure } from "./figure";

const figure: Figure = {
  title: 'train/loss <"&">',
  width: 640,
  height: 400,
  x: { title: "step", range: [0, 3], log: false, quantity: "number" },
  y: { title: "train/loss", range: [0, 10], log: false, quantity: "number" },
  lines: [
    {
      name: "first & <best>",
      colour: "#0072b2",
      x: Float64Array.of(0, 1, 2, 2.5, 3),
      y: Float64Array.of(1, NaN, 3, 99, 5),
      smoothed: Float64Array.of(1, NaN, 2, 4, 5),
      length: 5,
      origin: 0,
      segments: [4],
      sorted: true,
    },
    {
      name: "second\u0000\ud800",
      colour: "#d55e00",
      x: Float64Array.of(2),
      y: Float64Array.of(5),
      smoothed: null,
      length: 1,
      origin: 0,
      segments: [],
      sorted: true,
    },
  ],
  edges: "all",
  colours: { background: "#ffffff", text: "#111111", muted: "#666666", grid: "#eeeeee" },
};

const drawn = () => new DOMParser().parseFromString(figureSvg(figure), "image/svg+xml").documentElement;

test("the picture is well-formed whatever names hold, and carries title, axis titles and legend", () => {
  const svg = drawn();
  expect(svg.nodeName).toBe("svg");
  const words = [...svg.querySelectorAll("text")].map((each) => each.textContent);
  expect(words).toEqual(
    expect.arrayContaining([
      'train/loss <"&">',
      "step",
      "train/loss",
      "first & <best>",
      "second\ufffd\ufffd",
    ]),
  );
});

test("the picture has ticks on both axes", () => {
  const words = [...drawn().querySelectorAll("text")].map((each) => each.textContent);
  expect(words).toEqual(expect.arrayContaining(["0", "0.5", "2", "10"]));
});

test("raw lines are faint behind the smoothed, marks are drawn", () => {
  const [first, second] = [...drawn().querySelectorAll("g[stroke]")];
  expect(first!.querySelectorAll("path[stroke-opacity]").length).toBe(1);
  expect(first!.querySelectorAll("[clip-path] path").length).toBe(2);
  expect(first!.querySelectorAll("circle").length).toBe(3); // two lone points and the restart
  expect(first!.querySelectorAll("path[stroke=none]").length).toBe(1); // 99 is beyond the edge
  expect(second!.querySelectorAll("circle").length).toBe(1);
});

test("what a restart has superseded is faint", () => {
  const [line] = figure.lines;
  const again = { ...line!, x: Float64Array.of(0, 1, 2, 3, 2), smoothed: null };
  const svg = figureSvg({ ...figure, lines: [again] });
  expect(svg.match(/stroke-opacity="0.35"/g)).toHaveLength(1);
});

test("a picture without lines is one, too", () => {
  expect(figureSvg({ ...figure, lines: [] })).toContain("</svg>");
});
