/** The labels' series that charts show or have shown lately, kept current by the feed. */
import { fetchSeries } from "../../api/client";
import type { ExperimentsChanged, PointsAdded } from "../../api/messages";
import { onFeed } from "../../state/connection.svelte";
import { flushLook, isWatched } from "../../state/look";
import { LabelSeries } from "./labelSeries";
import { batchedLoad } from "./requests";

/** Of what no chart shows any more: it is there at once when somebody scrolls back. */
const KEPT_BYTES = 64 * 2 ** 20;

const load = batchedLoad(fetchSeries, flushLook);
/** By label: a chart each. */
const shown = new Map<string, Set<LabelSeries>>();
/** By use and label; those put away last stand last. */
const kept = new Map<string, LabelSeries>();
let listening: (() => void)[] = [];

/**
 * The series of a label for one chart. End it with `release`. `use` names a way of looking at labels: what was put away
 * is taken up again for the same use.
 */
export function acquire(label: string, use: string): LabelSeries {
  if (shown.size === 0) listen();
  const key = keyOf(label, use);
  const series = kept.get(key) ?? new LabelSeries(label, load);
  kept.delete(key);
  const charts = shown.get(label);
  if (charts) charts.add(series);
  else shown.set(label, new Set([series]));
  return series;
}

export function release(series: LabelSeries, use: string): void {
  const { label } = series;
  series.hide();
  const charts = shown.get(label);
  charts?.delete(series);
  if (charts?.size === 0) shown.delete(label);
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
    onFeed("experiments", takeExperiments),
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

/** Of experiments beyond what the server watches, only this tells that something changed. */
function takeExperiments({ changed, removed }: ExperimentsChanged): void {
  for (const id of removed) invalidate(id);
  for (const { id } of changed) if (!isWatched(id)) invalidate(id);
}
