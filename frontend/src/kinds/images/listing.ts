/** What the Images page lists: sections of blocks of tiles. */
import { groupByFolder } from "../../lib/labels";
import { compareNatural } from "../../lib/natural";
import { countSteps, stepAt, unionOf, type Runs } from "../../lib/steps";
import type { StepChoice } from "../../lib/stepChoice";
import type { LabelInfo } from "../../state/catalogues.svelte";
import type { LabelRow } from "../../state/labelRows.svelte";

/** One picture to show. `step` "chosen": the step that is chosen for its block; null: the picture without a step. */
export interface Tile {
  experiment: string;
  label: string;
  step: number | null | "chosen";
}

export interface Block {
  key: string;
  /** Shown whatever step is chosen on the page; absent: that of the page. */
  step?: StepChoice;
  /** What all its tiles share; null where they differ. */
  label: string | null;
  experiment: string | null;
  count: number;
  tile: (index: number) => Tile;
  /** All steps that its tiles can show. */
  steps: () => Runs;
}

export interface Section {
  /** null: the blocks belong to no folder. */
  folder: string | null;
  blocks: Block[];
  /** How many labels the folder has; of no folder: how many blocks. */
  count: number;
  /** No other experiment is shown. */
  isAlone: boolean;
}

export interface Arrangement {
  by: "label" | "experiment";
  allSteps: boolean;
}

type Info = (experiment: string, label: string) => LabelInfo;

/** `experiments`: those shown, in their order. `rows`: the labels shown. */
export function arrange(
  rows: readonly LabelRow[],
  experiments: readonly string[],
  info: Info,
  { by, allSteps }: Arrangement,
): Section[] {
  if (by === "experiment") {
    const labels = labelsByExperiment(rows);
    const blocks = experiments.flatMap((experiment) => {
      const own = labels.get(experiment) ?? [];
      if (allSteps) return own.map((label) => stepsBlock(experiment, label, info));
      return own.length ? [chosenBlock({ experiment, label: null }, pairsOf([experiment], own), info)] : [];
    });
    return [{ folder: null, blocks, count: blocks.length, isAlone: false }];
  }
  const isAlone = experiments.length === 1 && !allSteps;
  return groupByFolder(rows).map(({ folder, rows: members }) => {
    const section = (blocks: Block[]) => ({ folder, blocks, count: members.length, isAlone });
    if (allSteps) {
      const each = (row: LabelRow) => row.experiments.map((id) => stepsBlock(id, row.label, info));
      return section(members.flatMap(each));
    }
    const only = onlyExperiment(members);
    if (only !== null && (isAlone || (folder !== "" && members.length > 1))) {
      // A block for each label would hold a single picture.
      const pairs = pairsOf(
        [only],
        members.map(({ label }) => label),
      );
      return section([chosenBlock({ experiment: only, label: null }, pairs, info, folder)]);
    }
    const each = ({ label, experiments: having }: LabelRow) =>
      chosenBlock({ experiment: null, label }, pairsOf(having, [label]), info);
    return section(members.map(each));
  });
}

/** The experiment that has all of the labels; null: several have. */
function onlyExperiment(rows: readonly LabelRow[]): string | null {
  const all = new Set(rows.flatMap(({ experiments }) => experiments));
  const [only] = all;
  return all.size === 1 && only !== undefined ? only : null;
}

/** All steps of what is listed: where the linked step moves. */
export function stepsOf(rows: readonly LabelRow[], info: Info): Runs {
  return unionOf(rows.flatMap(({ label, experiments }) => experiments.map((id) => info(id, label).steps)));
}

type Pair = Pick<Tile, "experiment" | "label">;

/** The chosen step of each pair, and what they have without a step. */
function chosenBlock(
  shared: Pick<Block, "experiment" | "label">,
  pairs: readonly Pair[],
  info: Info,
  folder = "",
): Block {
  const tiles = pairs.flatMap(({ experiment, label }) => {
    const { steps, hasGlobal } = info(experiment, label);
    const tile = { experiment, label };
    return [
      ...(steps.length ? [{ ...tile, step: "chosen" as const }] : []),
      ...(hasGlobal ? [{ ...tile, step: null }] : []),
    ];
  });
  return {
    key: [shared.experiment ?? "", shared.label ?? folder].join("/"),
    ...shared,
    count: tiles.length,
    tile: (index) => tiles[index] ?? outside(index),
    steps: () => unionOf(tiles.map(({ experiment, label }) => info(experiment, label).steps)),
  };
}

/** Every step of one label of one experiment; what it has without a step comes first. */
function stepsBlock(experiment: string, label: string, info: Info): Block {
  const { steps, hasGlobal } = info(experiment, label);
  const before = hasGlobal ? 1 : 0;
  return {
    key: `${experiment}/${label}`,
    experiment,
    label,
    count: before + countSteps(steps),
    tile: (index) => ({ experiment, label, step: stepAt(steps, index - before) }),
    steps: () => steps,
  };
}

function labelsByExperiment(rows: readonly LabelRow[]): Map<string, string[]> {
  const labels = new Map<string, string[]>();
  for (const { label, experiments } of rows) {
    for (const id of experiments) {
      const own = labels.get(id);
      if (own) own.push(label);
      else labels.set(id, [label]);
    }
  }
  for (const own of labels.values()) own.sort(compareNatural);
  return labels;
}

function pairsOf(experiments: readonly string[], labels: readonly string[]): Pair[] {
  return experiments.flatMap((experiment) => labels.map((label) => ({ experiment, label })));
}

function outside(index: number): never {
  throw new RangeError(`The block has no tile ${index}`);
}
