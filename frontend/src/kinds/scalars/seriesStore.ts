/** The labels' series that charts show or have shown lately, kept current by the feed. */
import { fetchSeries } from "../../api/scalars";
import type { PointsAdded } from "../../api/messages";
import { onFeed } from "../../state/connection.svelte";
import { flushLook, onUnwatchedChange } from "../../state/look";
import { LabelSeries } from "./labelSeries";
import { batchedLoad } from "./requests";

/** Of what no chart shows any more: it is there at once when somebody scrolls back. */
const KEPT_BYTES = 64 * 2 ** 20;

const load = batchedLoad(fetchSeries, flushLook);
/** By label: a chart each, also of what depends on it. */
const shown = new Map<string, Set<LabelSeries>>();
/** By use and label; those put away last stand last. */
const kept = new Map<string, LabelSeries>();
let listening: (() => void)[] = [];

/**
 * The series of a label for one chart. End it with `release`. `use` names a way of looking at labels: what was put away
 * is taken up again for the same use. `also`: labels whose new points change it, too.
 */
export function acquire(label: string, use: string, also: readonly string[] = []): LabelSeries {
  if (shown.size === 0) listen();
  const key = keyOf(label, use);
  const series = kept.get(key) ?? new LabelSeries(label, load);
  kept.delete(key);
  for (const each of [label, ...also]) {
    const charts = shown.get(each);
    if (charts) charts.add(series);
    else shown.set(each, new Set([series]));
  }
  return series;
}

export function release(series: LabelSeries, use: string): void {
  const { label } = series;
  series.hide();
  for (const [each, charts] of shown) {
    charts.delete(series);
    if (charts.size === 0) shown.delete(each);
  }
  kept.set(keyOf(label, use), series);
  forgetOldest();
  if (shown.size === 0) stopListening();
}

function forgetOldest(): void {
  let bytes = 0;
  for (const [key, series] of [...kept].reverse()) {
    bytes += series.bytes;
    if (bytes > KEPT_BYTES) kept.delete(key);
  }
}

function keyOf(label: string, use: string): string {
  return `${use} ${label}`;
}

function listen(): void {
  listening = [
    onFeed("points", append),
    onFeed("scalars", ({ experiment }) => invalidate(experiment)),
    onUnwatchedChange(invalidate),
    onFeed("resync", () => invalidate()),
  ];
}

function stopListening(): void {
  for (const stop of listening) stop();
  listening = [];
}

function append({ experiment, series }: PointsAdded): void {
  for (const points of series) {
    for (const each of shown.get(points.label) ?? []) each.append(experiment, points);
  }
}

function invalidate(experiment?: string): void {
  for (const charts of shown.values()) for (const series of charts) series.invalidate(experiment);
}
