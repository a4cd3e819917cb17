/** The kinds that have a page, in the order of the tabs: one line each. A page's code is loaded when it is shown. */
import type { Component } from "svelte";
import type { ShownContent } from "../api/messages";
import type { IconName } from "../components/icons";
import type { ItemPlace } from "../lib/itemPlace";

export interface KindEntry {
  /** As the server names it (lavdlike/kinds/). */
  kind: string;
  title: string;
  icon: IconName;
  load: () => Promise<{ default: Component }>;
}

export const KINDS: readonly KindEntry[] = [
  { kind: "scalars", title: "Scalars", icon: "chart", load: () => import("./scalars/Page.svelte") },
  { kind: "images", title: "Images", icon: "image", load: () => import("./images/Page.svelte") },
  { kind: "texts", title: "Texts", icon: "text", load: () => import("./texts/Page.svelte") },
  { kind: "markdown", title: "Markdown", icon: "document", load: () => import("./markdown/Page.svelte") },
  { kind: "rollouts", title: "Rollouts", icon: "note", load: () => import("./rollouts/Page.svelte") },
  { kind: "logs", title: "Logs", icon: "log", load: () => import("./logs/Page.svelte") },
  {
    kind: "histograms",
    title: "Histograms",
    icon: "histogram",
    load: () => import("./histograms/Page.svelte"),
  },
  { kind: "plots", title: "Plots", icon: "plot", load: () => import("./plots/Page.svelte") },
  { kind: "pr_curves", title: "PR curves", icon: "curve", load: () => import("./pr_curves/Page.svelte") },
  {
    kind: "confusion_matrices",
    title: "Confusion matrices",
    icon: "matrix",
    load: () => import("./confusion_matrices/Page.svelte"),
  },
  { kind: "figures", title: "Figures", icon: "figure", load: () => import("./figures/Page.svelte") },
  { kind: "audio", title: "Audio", icon: "sound", load: () => import("./audio/Page.svelte") },
  { kind: "videos", title: "Videos", icon: "video", load: () => import("./videos/Page.svelte") },
  { kind: "html", title: "HTML", icon: "page", load: () => import("./html/Page.svelte") },
  { kind: "meshes", title: "Meshes", icon: "mesh", load: () => import("./meshes/Page.svelte") },
  { kind: "tables", title: "Tables", icon: "cells", load: () => import("./tables/Page.svelte") },
  {
    kind: "embeddings",
    title: "Embeddings",
    icon: "embedding",
    load: () => import("./embeddings/Page.svelte"),
  },
  { kind: "graphs", title: "Graphs", icon: "graph", load: () => import("./graphs/Page.svelte") },
  { kind: "arrays", title: "Arrays", icon: "array", load: () => import("./arrays/Page.svelte") },
  { kind: "models", title: "Models", icon: "layers", load: () => import("./models/Page.svelte") },
  { kind: "commands", title: "Commands", icon: "terminal", load: () => import("./commands/Page.svelte") },
  { kind: "forms", title: "Forms", icon: "pencil", load: () => import("./forms/Page.svelte") },
];

type ShownPart = Component<{ content: ShownContent; place: ItemPlace }>;

/** What draws a content that a package's Python made of an item of its kind. */
export const SHOWN: Record<keyof ShownContent, () => Promise<{ default: ShownPart }>> = {
  plot: () => import("./plots/ShownPlot.svelte"),
  table: () => import("./tables/ShownTable.svelte"),
  html: () => import("./html/ShownHtml.svelte"),
};
