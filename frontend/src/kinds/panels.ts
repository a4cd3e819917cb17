/**
 * What boards show of each kind: not in the registry, which is part of the first load. Kinds that packages bring are drawn
 * in their frames, as on their pages.
 */
import type { Component } from "svelte";
import type { ItemPlace } from "../lib/itemPlace";
import type { StepChoice } from "../lib/stepChoice";
import type { LabelRow } from "../state/labelRows.svelte";

type Loaded<Props extends Record<string, unknown>> = () => Promise<{ default: Component<Props> }>;

export type KindPanel =
  /** One for each item; as high as it is where there is no height. */
  | { is: "item"; height?: number; load: Loaded<{ place: ItemPlace }> }
  /** The content of a file, for each item; `noun`: what it is. */
  | { is: "file"; noun: string; height: number; load: Loaded<{ address: string; place: ItemPlace }> }
  /** One for each label. */
  | { is: "label"; height: number; load: Loaded<{ row: LabelRow }> }
  /** One for all. */
  | { is: "all"; load: Loaded<{ rows: readonly LabelRow[]; step: StepChoice }> };

export const KIND_PANELS: Readonly<Record<string, KindPanel>> = {
  images: { is: "all", load: () => import("./images/BoardPictures.svelte") },
  texts: { is: "item", load: () => import("./texts/TextEntry.svelte") },
  markdown: { is: "item", load: () => import("./markdown/BoardDocument.svelte") },
  rollouts: { is: "item", load: () => import("./rollouts/RolloutEntry.svelte") },
  logs: { is: "all", load: () => import("./logs/BoardLogs.svelte") },
  histograms: { is: "item", load: () => import("./histograms/HistogramEntry.svelte") },
  plots: { is: "item", height: 380, load: () => import("./plots/PlotCard.svelte") },
  pr_curves: { is: "label", height: 480, load: () => import("./pr_curves/CurveCard.svelte") },
  confusion_matrices: { is: "item", load: () => import("./confusion_matrices/MatrixEntry.svelte") },
  figures: { is: "file", noun: "figure", height: 380, load: () => import("./figures/Figure.svelte") },
  audio: { is: "file", noun: "sound", height: 200, load: () => import("./audio/Player.svelte") },
  videos: { is: "file", noun: "video", height: 380, load: () => import("./videos/Player.svelte") },
  html: { is: "file", noun: "page", height: 420, load: () => import("./html/HtmlFrame.svelte") },
  meshes: { is: "item", height: 340, load: () => import("./meshes/MeshCard.svelte") },
  tables: { is: "item", load: () => import("./tables/TableEntry.svelte") },
  embeddings: { is: "item", height: 380, load: () => import("./embeddings/EmbeddingCard.svelte") },
  graphs: { is: "item", height: 420, load: () => import("./graphs/GraphCard.svelte") },
  arrays: { is: "item", load: () => import("./arrays/ArrayEntry.svelte") },
  models: { is: "item", load: () => import("./models/ModelEntry.svelte") },
  forms: { is: "item", load: () => import("./forms/FormEntry.svelte") },
  commands: { is: "all", load: () => import("./commands/BoardCommands.svelte") },
};

export const chartPanel = { load: () => import("./scalars/BoardChart.svelte") };

/** How windows show plots and pictures: with more than a card does. */
export const windowPlot = { load: () => import("./plots/WindowPlot.svelte") };
export const windowPicture = { load: () => import("./images/WindowPicture.svelte") };
export type { PlotSettings } from "./plots/adjusted";
export type { PictureFormat, PlotFrame } from "./plots/plotFrame";
