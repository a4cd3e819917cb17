/** What is known of each experiment's scalars without their points: count, last value, range. */
import { fetchScalarLabels } from "../api/scalars";
import type { LeftOutFile, NewPoints, PointsAdded, Problem, ScalarLabel } from "../api/messages";
import { toNumber } from "../lib/numbers";
import { onFeed } from "./connection.svelte";
import { PerExperiment, type Loaded } from "./perExperiment.svelte";

export interface ExperimentScalars {
  sequence: number;
  labels: ReadonlyMap<string, ScalarLabel>;
  /** The labels' names: the same set until one comes or goes, whatever points arrive. */
  names: ReadonlySet<string>;
  problems: readonly Problem[];
  leftOut: readonly LeftOutFile[];
}

const NO_LABELS: ReadonlyMap<string, ScalarLabel> = new Map();
const NO_NAMES: ReadonlySet<string> = new Set();

const store = new PerExperiment<ExperimentScalars>({ load, batches: [4, 50, 200, 400] });

export const scalarLabels = {
  /** Load these experiments' labels and keep them current: `$effect(() => scalarLabels.hold(ids))`. */
  hold(experiments: readonly string[]): () => void {
    return store.hold(experiments, ["scalars"]);
  },

  get(experiment: string): Loaded<ExperimentScalars> | undefined {
    return store.get(experiment);
  },

  /** Empty until loaded. */
  labels(experiment: string): ReadonlyMap<string, ScalarLabel> {
    const loaded = store.get(experiment);
    return loaded?.state === "ready" ? loaded.value.labels : NO_LABELS;
  },

  /** Empty until loaded. */
  names(experiment: string): ReadonlySet<string> {
    const loaded = store.get(experiment);
    return loaded?.state === "ready" ? loaded.value.names : NO_NAMES;
  },
};

onFeed("points", applyPoints);
onFeed("scalars", ({ experiment }) => store.refresh(experiment));

/** Points come only for labels that something looks at (`Look.scalar_labels`). */
function applyPoints({ experiment, sequence, series }: PointsAdded): void {
  store.update(experiment, (value) => {
    if (sequence <= value.sequence) return value;
    const labels = new Map(value.labels);
    for (const points of series) {
      const before = labels.get(points.label);
      if (!before) return null;
      labels.set(points.label, withPoints(before, points));
    }
    return { ...value, sequence, labels };
  });
}

async function load(experiments: string[]): Promise<Map<string, ExperimentScalars>> {
  const page = await fetchScalarLabels(experiments);
  return new Map(
    page.experiments.map(({ experiment, sequence, labels, problems, left_out }) => [
      experiment,
      {
        sequence,
        labels: new Map(labels.map((label) => [label.label, label])),
        names: new Set(labels.map(({ label }) => label)),
        problems,
        leftOut: left_out,
      },
    ]),
  );
}

function withPoints(before: ScalarLabel, { steps, times, values }: NewPoints): ScalarLabel {
  const finite = values.map(toNumber).filter(Number.isFinite);
  const known = (bound: number | null) => (bound === null ? finite : [bound, ...finite]);
  const extreme = (of: (...all: number[]) => number, all: number[]) => (all.length ? of(...all) : null);
  return {
    ...before,
    count: before.count + steps.length,
    last_step: steps.at(-1) ?? before.last_step,
    last_value: values.at(-1) ?? before.last_value,
    last_wall_time: times.at(-1) ?? before.last_wall_time,
    minimum: extreme(Math.min, known(before.minimum)),
    maximum: extreme(Math.max, known(before.maximum)),
  };
}
