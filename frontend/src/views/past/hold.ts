/** Where a page is held: at what is shown now. */
import { experiments } from "../../state/experiments.svelte";

/** As of `past.text`. The clock of files counts, where it is ahead of that of this browser. */
export function hold(): string {
  const newest = experiments.sorted.reduce((time, { changed }) => Math.max(time, changed), 0);
  return `t${Math.max(newest, Date.now() / 1000).toFixed(3)}`;
}
