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
  flags: [],
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

test("what somebody wrote stands at its place with a number, and under the picture in words", () => {
  const flag = { end: null, y: null, colour: "#0072b2", initial: "A", about: () => "ann · step 1" };
  const svg = new DOMParser().parseFromString(
    figureSvg({
      ...figure,
      flags: [
        { ...flag, id: "range", x: 2, end: 3, text: "Later <b>" },
        { ...flag, id: "first", x: 1, text: "Rate\nhalved. ".repeat(40) },
      ],
    }),
    "image/svg+xml",
  ).documentElement;
  expect(svg.querySelectorAll("rect[fill-opacity]")).toHaveLength(1);
  expect(svg.querySelectorAll("line[stroke-dasharray]")).toHaveLength(2);
  const words = [...svg.querySelectorAll("text")].map((each) => each.textContent);
  expect(words).toEqual(expect.arrayContaining(["1", "2", "2  Later <b> · ann · step 1"]));
  expect(words.find((each) => each.startsWith("1  Rate halved. Rate"))).toMatch(/… · ann · step 1$/);
  expect(Number(svg.getAttribute("height"))).toBeGreaterThan(Number(drawn().getAttribute("height")));
});

test("of many texts the first are listed, and those that would cover each other share a head", () => {
  const flags = Array.from({ length: 25 }, (_, index) => ({
    id: String(index),
    x: 1,
    end: null,
    y: null,
    colour: "red",
    initial: "A",
    text: `Text ${index}`,
    about: () => "",
  }));
  const svg = figureSvg({ ...figure, flags });
  expect(svg).toContain(">1–25<");
  expect(svg).toContain("and 5 more");
});

test("a picture without lines is one, too", () => {
  expect(figureSvg({ ...figure, lines: [] })).toContain("</svg>");
});

test("a line of a width has it, and one of points has a circle at each that is there", () => {
  const [line] = figure.lines;
  const of = (more: Partial<(typeof figure.lines)[0]>) =>
    new DOMParser()
      .parseFromString(
        figureSvg({ ...figure, lines: [{ ...line!, smoothed: null, segments: [], ...more }] }),
        "image/svg+xml",
      )
      .documentElement.querySelectorAll("g[stroke] [clip-path] path");
  expect([...of({ width: 4 })].map((path) => path.getAttribute("stroke-width"))).toEqual(["4"]);
  const [points, ...rest] = of({ scattered: true, y: Float64Array.of(1, NaN, 3, 4, 5) });
  expect(rest).toEqual([]);
  expect(points!.getAttribute("stroke")).toBe("none");
  expect(points!.getAttribute("d")!.match(/M/g)).toHaveLength(4);
});
