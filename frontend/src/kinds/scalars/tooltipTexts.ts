/** The values of a tooltip in words. */
import { exactNumber, formatNumber } from "../../lib/numbers";
import { formatDuration } from "../../lib/times";
import type { TooltipRow } from "./tooltipRows";

export function exactValue(value: number): string {
  return Number.isFinite(value) ? exactNumber(value) : formatNumber(value);
}

/** What is only known as it is drawn is said as such. */
export function aboutValue(value: number, row: Pick<TooltipRow, "isExact">, digits: number): string {
  return row.isExact ? formatNumber(value, digits) : `~${formatNumber(value, 3)}`;
}

/** Since the experiment's first point. */
export function sinceStart({ wallTime, line }: TooltipRow): string {
  return formatDuration(wallTime - line.firstWallTime);
}
