/** How far a script has got, in words (docs/format.md, "Progress"). */
import type { Progress } from "../api/messages";
import { formatDuration } from "../lib/times";

/** The one that says how long it will take: the outermost loop that goes on, one with an end before others. */
export function currentOf(bars: readonly Progress[]): Progress | null {
  const underWay = bars.filter(({ ended }) => !ended);
  return underWay.find(({ total }) => total) ?? underWay[0] ?? null;
}

/** How much of it is done, 0 to 1; null if nobody knows where it ends. */
export function shareOf({ done, total }: Progress): number | null {
  return total ? Math.min(1, Math.max(0, done / total)) : null;
}

/** Seconds that it will still take; null if nobody can say. */
export function leftOf({ done, total, rate, updated, ended }: Progress, now: number): number | null {
  if (!total || !rate || ended) return null;
  return Math.max(0, (total - done) / rate - Math.max(0, now - updated));
}

/** `34 %, 12 min left`; without an end `1,200 it`. */
export function describeProgress(bar: Progress, now: number): string {
  const share = shareOf(bar);
  if (share === null) return `${bar.done.toLocaleString("en")} ${(bar.unit ?? "it") || "done"}`;
  const left = leftOf(bar, now);
  const percent = `${Math.floor(share * 100)} %`;
  return left === null ? percent : `${percent}, ${roughly(left)} left`;
}

/** In one unit: what is left is never known better. */
function roughly(seconds: number): string {
  return formatDuration(Math.max(1, Math.round(seconds)))
    .split(" ")
    .slice(0, 2)
    .join(" ");
}

/** All that is known of one loop, a line: `Training: 340 of 1,000 batches, 12.5 a second`. */
export function explainProgress({ name, done, total, rate, unit = "it" }: Progress): string {
  const shown = (value: number) => value.toLocaleString("en", { maximumSignificantDigits: 6 });
  const counts = total ? `${shown(done)} of ${shown(total)} ${unit}` : `${shown(done)} ${unit}`;
  if (!rate) return `${name}: ${counts.trim()}`;
  const speed =
    rate >= 1
      ? `${rate.toLocaleString("en", { maximumSignificantDigits: 3 })} a second`
      : `${formatDuration(1 / rate)} each`;
  return `${name}: ${counts.trim()}, ${speed}`;
}
