/** What notes said before: states that the server kept, and texts that were never saved. */
import type { FileState } from "../../api/messages";
import { formatTime } from "../../lib/times";
import type { Aside } from "./notes.svelte";

export interface EarlierState {
  text: string;
  /** Until when it stood there, in Unix seconds; 0: that is not known. */
  time: number;
  /** Who replaced it; "" if that is not known. */
  by: string;
  isSaved: boolean;
}

/** Newest first; those of no known time, which are the latest that came to light, before all. */
export function earlierStates(states: readonly FileState[], aside: readonly Aside[]): EarlierState[] {
  const saved = states.map(({ text, time, by }) => ({ text, time, by, isSaved: true }));
  const unsaved = aside.map(({ text, time }) => ({ text, time, by: "", isSaved: false }));
  const age = ({ time }: EarlierState) => (time > 0 ? -time : -Infinity);
  return [...unsaved, ...saved].sort((a, b) => (age(a) === age(b) ? 0 : age(a) - age(b)));
}

export function titleOf({ time, isSaved }: EarlierState): string {
  if (!isSaved) return `Yours, not saved, ${formatTime(time)}`;
  return time > 0 ? `Until ${formatTime(time)}` : "Written into the file before it was replaced";
}
