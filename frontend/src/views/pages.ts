/** Every page of the frame, in the order of the tabs. */
import type { Component } from "svelte";
import type { IconName } from "../components/icons";
import { KINDS } from "../kinds/registry";
import { kindsThere } from "../state/kindsThere.svelte";
import { view } from "../state/view.svelte";

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

/** Whether a page has a tab: if the root has something for it, or if it is shown. */
export function hasTab({ name }: PageEntry): boolean {
  const isOfKind = KINDS.some(({ kind }) => kind === name);
  return !isOfKind || kindsThere.has(name) || view.page === name;
}

/** Reached from its mark in the top bar, not from a tab. */
export const PROBLEMS: PageEntry = {
  name: "problems",
  title: "Problems",
  icon: "warning",
  load: () => import("./Problems.svelte"),
};
