/** What a tooltip says, for the clipboard. */
import { plural } from "../../lib/numbers";
import { copyText } from "../../state/notices.svelte";
import { spelled, toTsv } from "./seriesFiles";
import type { TooltipRow } from "./tooltipRows";

export function copyRows(rows: readonly TooltipRow[]): Promise<void> {
  const isSmoothed = rows.some(({ smoothed }) => smoothed !== null);
  const head = ["experiment", "step", "wall_time", "value", ...(isSmoothed ? ["smoothed"] : [])];
  const cells = rows.map(({ line, step, wallTime, value, smoothed }) => [
    line.name,
    String(step),
    String(wallTime),
    spelled(value),
    ...(isSmoothed ? [smoothed === null ? "" : spelled(smoothed)] : []),
  ]);
  return copyText(toTsv([head, ...cells]), `${plural(rows.length, "value")} copied`);
}
