import { flushSync } from "svelte";
import { beforeEach, expect, test, vi } from "vitest";
import type { ExperimentSummary, ScalarLabel } from "../api/messages";
import { dispatch } from "./connection.svelte";
import { replaceExperiments } from "./experiments.svelte";
import { useLabelRows, type LabelRows } from "./labelRows.svelte";
import { scalarLabels } from "./scalarLabels.svelte";

const label = (name: string): ScalarLabel => ({
  label: name,
  count: 1,
  last_step: 0,
  last_value: 1,
  last_wall_time: 0,
  minimum: 1,
  maximum: 1,
});

const logged: Record<string, string[]> = {};

vi.mock("../api/scalars", () => ({
  fetchScalarLabels: (ids: string[]) =>
    Promise.resolve({
      experiments: ids.map((experiment) => ({
        experiment,
        sequence: 1,
        labels: logged[experiment]!.map(label),
        problems: [],
      })),
    }),
}));

beforeEach(() => {
  Object.assign(logged, { a: ["loss", "acc"], b: ["loss"] });
  replaceExperiments(["a", "b"].map((id) => ({ id, name: id, changed: 0 }) as ExperimentSummary));
});

async function withRows(check: (all: LabelRows) => Promise<void>): Promise<void> {
  let all: LabelRows | undefined;
  const end = $effect.root(() => {
    all = useLabelRows("scalars");
  });
  flushSync();
  await vi.waitFor(() => expect(all!.loading).toBe(0));
  await check(all!);
  end();
}

test("a label is one row with the experiments that have it", () =>
  withRows((all) => {
    expect(all.rows).toEqual([
      { label: "loss", experiments: ["a", "b"] },
      { label: "acc", experiments: ["a"] },
    ]);
    return Promise.resolve();
  }));

test("rows stay the same while only points arrive, and follow the labels", () =>
  withRows(async (all) => {
    const before = all.rows;
    const points = { identity: "x", first: 1, steps: [1], times: [1], values: [2] };
    dispatch({
      type: "points",
      sequence: 2,
      experiment: "a",
      series: [{ label: "loss", ...points }],
    });
    await vi.waitFor(() => expect(scalarLabels.labels("a").get("loss")?.count).toBe(2));
    expect(all.rows).toBe(before);
    logged["b"] = ["loss", "lr"];
    dispatch({ type: "resync", epoch: "e", sequence: 3, reason: "" });
    await vi.waitFor(() => expect(all.rows.map((row) => row.label)).toEqual(["loss", "acc", "lr"]));
  }));
