/**
 * What experiments are grouped by, and what is drawn of a group. All of it stands in the address. What the groups are then
 * says `grouping`.
 */
import type { Grouping } from "../api/messages";
import {
  choiceParameter,
  flagParameter,
  numberParameter,
  readParameter,
  textParameter,
  writeParameter,
} from "./view.svelte";

export const AVERAGES = ["mean", "median"] as const;
export const BANDS = ["deviation", "error", "interval", "range", "quartiles", "none"] as const;
export type Average = (typeof AVERAGES)[number];
export type Band = (typeof BANDS)[number];

const MOST_BINS = 10_000;

const pattern = textParameter("group.pattern", "");
const folder = flagParameter("group.folder", false);
const average = choiceParameter("group.average", AVERAGES);
const band = choiceParameter("group.band", BANDS);
const singles = flagParameter("group.singles", true);
/** Of equal width over what was logged; 0: each step as it is. */
const bins = numberParameter("group.bins", 0);
const isOn = $derived(readParameter("group").length > 0 || pattern.value !== "" || folder.value);
const asked = $derived<Grouping>({
  by: [...readParameter("group")],
  pattern: pattern.value,
  folder: folder.value,
});

export const groupChoice = {
  /** Whether experiments are grouped at all. */
  get isOn(): boolean {
    return isOn;
  },

  /** As the server is asked for it. */
  get asked(): Grouping {
    return asked;
  },

  /** Fields of the filter's language: settings, `tag`, `min(val/loss)`, ... */
  get by(): readonly string[] {
    return readParameter("group");
  },
  set by(fields: readonly string[]) {
    writeParameter("group", fields);
  },

  /** A regular expression over names; "" is none. */
  get pattern(): string {
    return pattern.value;
  },
  set pattern(value: string) {
    pattern.value = value;
  },

  get folder(): boolean {
    return folder.value;
  },
  set folder(value: boolean) {
    folder.value = value;
  },

  get average(): Average {
    return average.value;
  },
  set average(value: Average) {
    average.value = value;
  },

  get band(): Band {
    return band.value;
  },
  set band(value: Band) {
    band.value = value;
  },

  /** Whether single experiments are drawn pale behind their groups. */
  get singles(): boolean {
    return singles.value;
  },
  set singles(value: boolean) {
    singles.value = value;
  },

  /** Into how many equal parts steps are cut before experiments are taken together; 0: none, each step as it is. */
  get bins(): number {
    return Math.min(MOST_BINS, Math.max(0, Math.round(bins.value)));
  },
  set bins(value: number) {
    bins.value = value;
  },

  /** Ungroup. How groups are drawn stays, for the next time. */
  clear(): void {
    writeParameter("group", []);
    pattern.value = "";
    folder.value = false;
  },
};
