/** Every page of the frame, in the order of the tabs. */
import type { Component } from "svelte";
import type { FrameKind } from "../api/messages";
import type { IconName } from "../components/icons";
import { KINDS } from "../kinds/registry";
import { connection } from "../state/connection.svelte";
import { COMPARE_PAGE, EXPERIMENT_PAGE } from "../state/experimentPage";
import { kindsThere } from "../state/kindsThere.svelte";
import { view } from "../state/view.svelte";

export interface PageEntry {
  name: string;
  title: string;
  icon: IconName;
  load: () => Promise<{ default: Component }>;
}

const OVERVIEW: PageEntry = {
  name: "overview",
  title: "Overview",
  icon: "table",
  load: () => import("./Overview.svelte"),
};
const SETTINGS: PageEntry = {
  name: "settings",
  title: "Config",
  icon: "config",
  load: () => import("./settings/SettingsPage.svelte"),
};
const BOARDS: PageEntry = {
  name: "board",
  title: "Boards",
  icon: "grid",
  load: () => import("./board/BoardPage.svelte"),
};
const WINDOWS: PageEntry = {
  name: "windows",
  title: "Windows",
  icon: "windows",
  load: () => import("./windows/WindowsPage.svelte"),
};
const FILES: PageEntry = {
  name: "files",
  title: "Files",
  icon: "folder",
  load: () => import("./Files.svelte"),
};
const OF_OUR_KINDS: readonly PageEntry[] = KINDS.map(({ kind, ...page }) => ({ name: kind, ...page }));
/** Those of kinds that packages on the server bring, by name: the same objects each time, so that a page stays. */
const framed = new Map<string, PageEntry>();

const ofKinds = $derived([...OF_OUR_KINDS, ...connection.root.kinds.map(pageOf)]);
const all = $derived([OVERVIEW, SETTINGS, ...ofKinds, WINDOWS, BOARDS, FILES]);

export const pages = {
  get all(): readonly PageEntry[] {
    return all;
  },
  /** Named as their kinds. */
  get ofKinds(): readonly PageEntry[] {
    return ofKinds;
  },
};

function pageOf({ kind, title }: FrameKind): PageEntry {
  const known = framed.get(kind);
  if (known?.title === title) return known;
  const page: PageEntry = {
    name: kind,
    title,
    icon: "cells",
    load: () => import("./FramedKind.svelte"),
  };
  framed.set(kind, page);
  return page;
}

/** Whether a page has a tab: if the root has something for it, or if it is shown. */
export function hasTab(page: PageEntry): boolean {
  const isAlways = page === OVERVIEW || page === BOARDS || page === FILES;
  return isAlways || kindsThere.has(page.name) || view.page === page.name;
}

/** How a kind is called in lists. */
export function titleOfKind(kind: string): string {
  return all.find(({ name }) => name === kind)?.title ?? kind;
}

/** Of the whole folder: reached from the menu in the top bar. */
export const FOLDER_PAGES: readonly PageEntry[] = [
  { name: "done", title: "What was done", icon: "history", load: () => import("./edits/Done.svelte") },
  { name: "trash", title: "Trash", icon: "trash", load: () => import("./edits/TrashPage.svelte") },
  { name: "disk", title: "Disk", icon: "disk", load: () => import("./edits/Disk.svelte") },
];

/** Reached from names and choices of experiments, not from a tab. */
export const LINKED_PAGES: readonly PageEntry[] = [
  {
    name: EXPERIMENT_PAGE,
    title: "Experiment",
    icon: "info",
    load: () => import("./experiment/ExperimentPage.svelte"),
  },
  {
    name: COMPARE_PAGE,
    title: "Compare",
    icon: "compare",
    load: () => import("./compare/ComparePage.svelte"),
  },
];

/** Reached from its mark in the top bar, not from a tab. */
export const PROBLEMS: PageEntry = {
  name: "problems",
  title: "Problems",
  icon: "warning",
  load: () => import("./Problems.svelte"),
};
