import type { LATER_ICONS } from "./laterIcons";

/**
 * Strokes on a 16 × 16 grid, drawn for this page. Each is the `d` of one path. These are what the frame shows
 * at first, with the tabs that most visits have; all others come after it.
 */
export const ICONS = {
  check: "M3 8.5 6.5 12 13 4.5",
  close: "m4 4 8 8m0-8-8 8",
  down: "m3.5 6 4.5 4.5L12.5 6",
  search: "M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9Zm3.3-1.2 3.2 3.2",
  filter: "M2 3.5h12M4.5 8h7M6.5 12.5h3",
  menu: "M2 4h12M2 8h12M2 12h12",
  sidebar: "M3.5 2.5h9a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1v-9a1 1 0 0 1 1-1Zm3 0v11",
  sun: "M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1.1 1.1M11.9 11.9 13 13M13 3l-1.1 1.1M4.1 11.9 3 13",
  moon: "M13.5 9.3A5.6 5.6 0 0 1 6.7 2.5a5.6 5.6 0 1 0 6.8 6.8Z",
  config: "M3 2v12M8 2v12M13 2v12M3 11.5 8 5l5 4.5",
  table: "M2.5 3h11v10h-11V3Zm0 3.3h11M2.5 9.7h11M6.5 6.3V13",
  chart: "M2 2v12h12M4.5 10.5l3-3.5 2.5 2 3.5-5",
  image: "M2.5 2.5h11v11h-11v-11Zm0 8.5 3.2-3 2.3 2 2.5-2.5 3 3M5.8 6.3a.8.8 0 1 0 0-1.6.8.8 0 0 0 0 1.6Z",
  text: "M2.5 3.5h11M2.5 6.5h11M2.5 9.5h11M2.5 12.5h6",
  log: "M2 3.5h2M6 3.5h8M2 8h2M6 8h8M2 12.5h2M6 12.5h5",
  folder: "M1.5 3.5h4.5l1.5 2h7v7.5h-13v-9.5Z",
  warning: "M8 2 14.5 13.5h-13L8 2Zm0 4.5v3.5M8 11.8v.2",
  info: "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM8 7.3v4M8 4.8V5",
  pause: "M5 3v10M11 3v10",
  more: "M3.3 8a.3.3 0 1 1-.6 0 .3.3 0 0 1 .6 0Zm5 0a.3.3 0 1 1-.6 0 .3.3 0 0 1 .6 0Zm5 0a.3.3 0 1 1-.6 0 .3.3 0 0 1 .6 0Z",
  settings:
    "M2 4.5h6M11.5 4.5H14M2 11.5h2.5M8 11.5h6M9.8 6.3a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6ZM6.2 13.3a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6Z",
  keyboard: "M1.5 4h13v8h-13V4ZM4 6.5h.01M6.7 6.5h.01M9.3 6.5h.01M12 6.5h.01M5 9.5h6",
  sort: "M4.5 2.5v11M2 11l2.5 2.5L7 11M9 3.5h5M9 7.5h4M9 11.5h2.5",
} as const;

export type IconName = keyof typeof ICONS | keyof typeof LATER_ICONS;
