import { describe, expect, test } from "vitest";
import { adjusted, averaged, foldedOf, mergedFigures } from "./adjusted";

const line = (name: string, y: number[] = [1, 3]) => ({ type: "scatter", mode: "lines", name, y });

describe("figures of several runs", () => {
  test("are one, with the runs' names in the legend and in their colours", () => {
    const merged = mergedFigures([
      { figure: { data: [line("1")], layout: { title: "a" } }, name: "run a", colour: "red" },
      { figure: JSON.stringify({ data: [line("t"), line("v")] }), name: "b", colour: "blue" },
      { figure: "broken", name: "c", colour: "green" },
    ]);
    expect(merged.layout).toEqual({ title: "a", showlegend: true });
    expect(merged.data.map(({ name }) => name)).toEqual(["run a", "b · t", "b · v"]);
    expect(merged.data.map((trace) => trace["line"])).toEqual([
      { color: "red" },
      { color: "blue", dash: "solid" },
      { color: "blue", dash: "dash" },
    ]);
  });

  test("keep what is no line as it is", () => {
    const bar = { type: "bar", y: [1], marker: { color: "black" } };
    expect(mergedFigures([{ figure: { data: [bar], layout: {} }, name: "a", colour: "red" }]).data).toEqual([
      { ...bar, name: "a", showlegend: true },
    ]);
  });
});

describe("what somebody has said of a plot", () => {
  test("stands in place of what the figure says, which stays as it is", () => {
    const figure = { data: [line("a")], layout: { title: { text: "T" }, xaxis: { title: "x", dtick: 1 } } };
    const before = structuredClone(figure);
    const { layout } = adjusted(
      figure,
      { x_title: "epoch", log_y: true, y_range: [1, 100], x_range: [0, null] },
      "T",
    );
    expect(layout).toEqual({
      xaxis: { title: { text: "epoch" }, dtick: 1 },
      yaxis: { type: "log", range: [0, 2], autorange: false },
    });
    expect(figure).toEqual(before);
  });

  test("smooths lines, with what was logged faint behind", () => {
    const { data } = adjusted(
      { data: [line("a", [0, 4]), { type: "bar", y: [1] }], layout: {} },
      { smoothing: 0.5 },
      "",
    );
    expect(data.map(({ opacity }) => opacity)).toEqual([0.25, undefined, undefined]);
    expect(data[1]?.["y"]).toEqual([0, 4 / 1.5]);
  });
});

test("an average passes over what is no number", () => {
  expect(averaged([2, null, 2, "x"], 0.9)).toEqual([2, null, 2, "x"]);
});

test("what is no figure is none", () => {
  expect(foldedOf("[]")).toBeNull();
  expect(foldedOf('{"data": [{"y": [NaN]}, 3]}')?.data).toEqual([{ y: [null] }]);
});
