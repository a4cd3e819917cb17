/** Every page of the frame, in the order of the tabs. */
import type { Component } from "svelte";
import type { IconName } from "../components/icons";
import { KINDS } from "../kinds/registry";

export interface PageEntry {
  name: string;
  title: string;
  icon: IconName;
  load: () => Promise<{ default: Component }>;
}

export const PAGES: readonly PageEntry[] = [
  { name: "overview", title: "Overview", icon: "table", load: () => import("./Overview.svelte") },
  ...KINDS.map(({ kind, ...page }) => ({ name: kind, ...page })),
  { name: "files", title: "Files", icon: "folder", load: () => import("./Files.svelte") },
];

/** Reached from its mark in the top bar, not from a tab. */
export const PROBLEMS: PageEntry = {
  name: "problems",
  title: "Problems",
  icon: "warning",
  load: () => import("./Problems.svelte"),
};
