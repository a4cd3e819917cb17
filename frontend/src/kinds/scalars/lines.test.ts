import { expect, test, vi } from "vitest";
import { labelLines } from "./lines";
import { Series } from "./series";

vi.mock("../../state/colours.svelte", () => ({ colourOf: () => "#000", dashOf: () => [] }));
vi.mock("../../state/experiments.svelte", () => ({ experiments: { nameOf: (id: string) => id } }));
vi.mock("../../state/names.svelte", () => ({ names: {} }));

function series(experiment: string, writer: string): Series {
  const head = {
    ...{ experiment, label: "loss", writer, identity: "1", count: 1, sent: 1, exact: true },
    ...{ first_wall_time: 0, segments: [], smoothing_state: null, without_place: 0 },
  };
  const one = () => new Float64Array(1);
  return new Series({ head, steps: one(), wallTimes: one(), values: one(), smoothed: null }, "step", 0);
}

test("whose writer a line is of is said where an experiment has several lines", () => {
  const all = [series("a", "tfevents"), series("b", ""), series("b", "rank1")];
  expect(labelLines(all).map(({ name }) => name)).toEqual(["a", "b", "b · rank1"]);
});
