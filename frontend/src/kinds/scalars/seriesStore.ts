/** The labels' series that cards show or have shown lately, kept current by the feed. */
import { fetchSeries } from "../../api/client";
import type { ExperimentsChanged, PointsAdded } from "../../api/messages";
import { onFeed } from "../../state/connection.svelte";
import { flushLook, isWatched } from "../../state/look";
import { LabelSeries } from "./labelSeries";
import { batchedLoad } from "./requests";

/** Of labels that no card shows any more; they are there at once when somebody scrolls back. */
const KEPT_BYTES = 64 * 2 ** 20;

const load = batchedLoad(fetchSeries, flushLook);
/** By label; those used last stand last. */
const byLabel = new Map<string, LabelSeries>();
let listening: (() => void)[] = [];

/** The series of a label, for as long as a card shows it. End it with `release`. */
export function acquire(label: string): LabelSeries {
  if (listening.length === 0) listen();
  const series = byLabel.get(label) ?? new LabelSeries(label, load);
  byLabel.delete(label);
  byLabel.set(label, series);
  return series;
}

export function release(series: LabelSeries): void {
  series.hide();
  let kept = 0;
  for (const each of [...byLabel.values()].reverse()) {
    if (each.isShown) continue;
    kept += each.bytes;
    if (kept > KEPT_BYTES) byLabel.delete(each.label);
  }
  if (![...byLabel.values()].some(({ isShown }) => isShown)) stopListening();
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
  for (const points of series) byLabel.get(points.label)?.append(experiment, points);
}

function invalidate(experiment?: string): void {
  for (const series of byLabel.values()) series.invalidate(experiment);
}

/** Of experiments beyond what the server watches, only this tells that something changed. */
function takeExperiments({ changed, removed }: ExperimentsChanged): void {
  for (const id of removed) invalidate(id);
  for (const { id } of changed) if (!isWatched(id)) invalidate(id);
}
