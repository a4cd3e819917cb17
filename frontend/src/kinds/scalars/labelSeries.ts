/**
 * The series of one label as one card shows them: an overview of each experiment's, finer points of what is zoomed into,
 * and what arrives live. Knows no component: it is told what is shown and says when there is something new to draw.
 */
import type { NewPoints, SeriesRequest } from "../../api/messages";
import type { SeriesColumns } from "../../api/series";
import type { Range } from "../../charts/ranges";
import { groupBy } from "./groups";
import { Series, type XAxis } from "./series";

/** How series are looked at. */
export interface Sight {
  x: XAxis;
  logX: boolean;
  /** Pixel columns whose extremes are kept. */
  columns: number;
  smoothing: number;
  /** How it is smoothed; absent: by an exponential moving average. */
  method?: SeriesRequest["method"];
  /** The label whose values are the x axis; absent or empty: as `x` says. */
  xLabel?: string;
  /** The label is an expression over others. */
  isExpression?: boolean;
}

export interface Shown {
  experiments: readonly string[];
  sight: Sight;
  /** What of the x axis is shown; null: all. */
  zoom: Range | null;
}

/** `range` null: the whole series. */
export type Load = (
  label: string,
  request: { experiments: readonly string[]; sight: Sight; range: Range | null },
  signal: AbortSignal,
) => Promise<SeriesColumns[]>;

export type Status = { state: "loading" | "ready" } | { state: "failed"; error: Error };

/** Loaded beside each end of a zoom, in widths of it, so that panning finds something. */
const DETAIL_MARGIN = 0.5;
/** A zoom to less than this part of the loaded detail asks for finer points. */
const DETAIL_REFINED = 0.3;
const DETAIL_DELAY_MS = 120;
/** More live points than this (and than there are columns) are made an overview again. */
const MANY_LIVE = 1000;
/** What live points cannot be added to is asked for again, so seldom. */
const ASK_AGAIN_MS = 1500;

type ByExperiment = Map<string, Series[]>;

interface Detail {
  key: string;
  range: Range;
  series: ByExperiment;
}

const LOADING: Status = { state: "loading" };
const READY: Status = { state: "ready" };

export class LabelSeries {
  readonly label: string;
  readonly #load: Load;
  readonly #overview: ByExperiment = new Map();
  /** How each experiment's overview was asked for; absent: it has to be asked for (again). */
  readonly #loadedAs = new Map<string, string>();
  readonly #listeners = new Set<() => void>();
  /** Live points that came before the series they belong to. */
  #early: { experiment: string; points: NewPoints }[] = [];
  #detail: Detail | null = null;
  #shown: Shown | null = null;
  #status = LOADING;
  #loading = false;
  #isAwaited = false;
  #closing = new AbortController();
  #detailLoading: AbortController | null = null;
  #detailTimer: ReturnType<typeof setTimeout> | undefined;
  /** Experiments of which points came that have to be asked for. */
  readonly #outdated = new Set<string>();
  #askTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(label: string, load: Load) {
    this.label = label;
    this.#load = load;
  }

  get status(): Status {
    return this.#status;
  }

  /** Whether only the answer to another smoothing is worth a redraw. */
  get isAwaited(): boolean {
    return this.#isAwaited;
  }

  /** Whether there is nothing to draw. */
  get isEmpty(): boolean {
    return this.read().length === 0;
  }

  get bytes(): number {
    let sum = 0;
    for (const series of this.#all()) sum += series.bytes;
    return sum;
  }

  /** Told when there is something new to draw, or another status. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What is there of the shown experiments, in their order; where it is zoomed into, as fine as is loaded. */
  read(): Series[] {
    if (!this.#shown) return [];
    const { experiments, zoom } = this.#shown;
    const detail = this.#detail && zoom && covers(this.#detail.range, zoom) ? this.#detail.series : null;
    return experiments.flatMap((id) => detail?.get(id) ?? this.#overview.get(id) ?? []);
  }

  show(shown: Shown): void {
    const before = this.#shown;
    this.#shown = shown;
    if (before && before.sight.smoothing !== shown.sight.smoothing) this.#smoothAs(shown.sight);
    // While a slider is dragged, what is still to be smoothed looks as before: it is drawn with the answer, and only then.
    this.#isAwaited = before !== null && differInSmoothing(before, shown) && this.#isMissingAny(shown);
    void this.#work();
    this.#considerDetail();
    if (!this.#isAwaited) this.#tell();
  }

  /** Nobody looks any more: nothing is asked for, and what is here gets old. */
  hide(): void {
    this.#shown = null;
    this.#closing.abort();
    this.#closing = new AbortController();
    this.#early = [];
    clearTimeout(this.#askTimer);
    this.#askTimer = undefined;
    this.#outdated.clear();
    this.#dropDetail();
    this.#loadedAs.clear();
  }

  /** Ask again: for one experiment, or for all. */
  invalidate(experiment?: string): void {
    if (experiment === undefined) this.#loadedAs.clear();
    else this.#loadedAs.delete(experiment);
    this.#dropDetail();
    if (!this.#shown) return;
    void this.#work();
    this.#considerDetail();
  }

  append(experiment: string, points: NewPoints): void {
    if (!this.#shown) return;
    if (!canGrow(this.#shown.sight)) {
      this.#askAgain(experiment);
      return;
    }
    const overview = find(this.#overview, experiment, points.writer ?? "");
    if (!overview) {
      // Before the first answer; or of a new writer, which is announced as a change of the labels.
      if (this.#loading) this.#early.push({ experiment, points });
      return;
    }
    const detail = find(this.#detail?.series, experiment, points.writer ?? "");
    const follows = detail && reachesEnd(detail, overview);
    if (!overview.append(points)) this.invalidate(experiment);
    else if (follows) detail.append(points);
    const { columns } = this.#shown.sight;
    if (columns > 0 && overview.live > Math.max(MANY_LIVE, columns)) this.invalidate(experiment);
    this.#tell();
  }

  #askAgain(experiment: string): void {
    this.#outdated.add(experiment);
    this.#askTimer ??= setTimeout(() => {
      this.#askTimer = undefined;
      for (const id of this.#outdated) this.invalidate(id);
      this.#outdated.clear();
    }, ASK_AGAIN_MS);
  }

  /** One request at a time; what changes in the meantime is asked for by the next one. */
  async #work(): Promise<void> {
    if (this.#loading || !this.#shown) return;
    const { signal } = this.#closing;
    this.#loading = true;
    try {
      for (;;) {
        const { experiments, sight } = this.#shown;
        const key = keyOf(sight);
        const missing = experiments.filter((id) => this.#loadedAs.get(id) !== key);
        if (missing.length === 0) break;
        if (missing.some((id) => !this.#overview.has(id))) this.#setStatus(LOADING);
        for (const id of missing) this.#loadedAs.set(id, key);
        const answer = await this.#load(this.label, { experiments: missing, sight, range: null }, signal);
        if (signal.aborted) return;
        this.#take(answer, missing, sight);
      }
      this.#setStatus(READY);
    } catch (error) {
      if (signal.aborted) return;
      this.#loadedAs.clear();
      this.#setStatus({ state: "failed", error: error instanceof Error ? error : new Error(String(error)) });
    } finally {
      this.#loading = false;
      // Shown again while the request that was given up came back.
      if (signal.aborted) void this.#work();
    }
  }

  #take(answer: readonly SeriesColumns[], asked: readonly string[], sight: Sight): void {
    const fresh = group(answer, sight);
    for (const id of asked) {
      const older = this.#overview.get(id) ?? [];
      const series = fresh.get(id) ?? [];
      for (const each of series) {
        const same = older.find(({ writer }) => writer === each.writer);
        if (same) each.takeLiveFrom(same);
      }
      this.#overview.set(id, series);
      // Meanwhile it may have been smoothed otherwise: what is here now is as it was asked for.
      if (this.#loadedAs.has(id)) this.#loadedAs.set(id, keyOf(sight));
    }
    if (this.#shown && this.#shown.sight.smoothing !== sight.smoothing) this.#smoothAs(this.#shown.sight);
    const early = this.#early;
    this.#early = [];
    for (const { experiment, points } of early) this.append(experiment, points);
    this.#considerDetail();
    this.#tell();
  }

  /** Where every point is here, another smoothing needs no request. */
  #smoothAs(sight: Sight): void {
    if ((sight.method ?? "ema") !== "ema") return;
    const key = keyOf(sight);
    for (const [id, all] of this.#overview) {
      if (!this.#loadedAs.has(id) || !all.every((series) => series.isWhole)) continue;
      if (all.some((series) => series.xAxis !== sight.x)) continue;
      for (const series of all) series.resmooth(sight.smoothing);
      this.#loadedAs.set(id, key);
    }
  }

  #isMissingAny({ experiments, sight }: Shown): boolean {
    const key = keyOf(sight);
    return experiments.some((id) => this.#loadedAs.get(id) !== key);
  }

  #considerDetail(): void {
    clearTimeout(this.#detailTimer);
    if (!this.#needsDetail()) return;
    this.#detailTimer = setTimeout(() => void this.#loadDetail(), DETAIL_DELAY_MS);
  }

  #needsDetail(): boolean {
    if (!this.#shown?.zoom) return false;
    const { zoom, sight, experiments } = this.#shown;
    const coarse = experiments.some((id) => this.#overview.get(id)?.some((series) => !series.isWhole));
    if (!coarse) return false;
    const detail = this.#detail;
    if (detail?.key !== keyOf(sight) || !covers(detail.range, zoom)) return true;
    if (experiments.some((id) => this.#overview.has(id) && !detail.series.has(id))) return true;
    const isFine = widthOf(zoom) >= widthOf(detail.range) * DETAIL_REFINED;
    return !isFine && experiments.some((id) => detail.series.get(id)?.some((series) => !series.exact));
  }

  async #loadDetail(): Promise<void> {
    if (!this.#shown?.zoom) return;
    const { experiments, sight, zoom } = this.#shown;
    this.#detailLoading?.abort();
    const loading = (this.#detailLoading = new AbortController());
    const margin = widthOf(zoom) * DETAIL_MARGIN;
    const range: Range = [zoom[0] - margin, zoom[1] + margin];
    const finer = { ...sight, columns: Math.ceil(sight.columns * (1 + 2 * DETAIL_MARGIN)) };
    try {
      const answer = await this.#load(this.label, { experiments, sight: finer, range }, loading.signal);
      if (loading.signal.aborted) return;
      const series = group(answer, sight);
      for (const id of experiments) {
        if (!series.has(id)) series.set(id, []);
        for (const detail of series.get(id) ?? []) {
          const overview = find(this.#overview, id, detail.writer);
          if (overview && reachesEnd(detail, overview)) detail.takeLiveFrom(overview);
        }
      }
      this.#detail = { key: keyOf(sight), range, series };
      this.#tell();
    } catch (error) {
      if (!loading.signal.aborted) console.warn("the zoomed part could not be loaded", error);
    }
  }

  #dropDetail(): void {
    clearTimeout(this.#detailTimer);
    this.#detailLoading?.abort();
    this.#detail = null;
  }

  #setStatus(status: Status): void {
    if (status === this.#status) return;
    this.#status = status;
    this.#tell();
  }

  #tell(): void {
    this.#isAwaited = false;
    for (const listener of this.#listeners) listener();
  }

  *#all(): Generator<Series> {
    for (const all of this.#overview.values()) yield* all;
    for (const all of this.#detail?.series.values() ?? []) yield* all;
  }
}

function group(answer: readonly SeriesColumns[], sight: Sight): ByExperiment {
  return groupBy(
    answer.map((columns) => new Series(columns, sight.x, sight.smoothing)),
    ({ experiment }) => experiment,
  );
}

/** Whether the detail's last point was the series' last one, so that what came after it follows. */
function reachesEnd(detail: Series, overview: Series): boolean {
  const last = detail.length - 1;
  const lastThen = overview.length - 1 - (overview.count - detail.count);
  return (
    detail.steps[last] === overview.steps[lastThen] && detail.wallTimes[last] === overview.wallTimes[lastThen]
  );
}

function find(all: ByExperiment | undefined, experiment: string, writer: string): Series | undefined {
  return all?.get(experiment)?.find((series) => series.writer === writer);
}

function keyOf({ x, logX, columns, smoothing, method = "ema", xLabel = "" }: Sight): string {
  return `${x} ${logX} ${columns} ${smoothing} ${method} ${xLabel}`;
}

/** Whether the same is shown, smoothed otherwise. */
function differInSmoothing(some: Shown, others: Shown): boolean {
  const { smoothing } = others.sight;
  return (
    some.sight.smoothing !== smoothing &&
    keyOf({ ...some.sight, smoothing }) === keyOf(others.sight) &&
    String(some.zoom) === String(others.zoom) &&
    some.experiments.join("\n") === others.experiments.join("\n")
  );
}

/** Whether what is shown can be gone on with where points arrive. */
function canGrow({ smoothing, method = "ema", xLabel = "", isExpression = false }: Sight): boolean {
  return (smoothing === 0 || method === "ema") && xLabel === "" && !isExpression;
}

function covers(outer: Range, inner: Range): boolean {
  return outer[0] <= inner[0] && inner[1] <= outer[1];
}

function widthOf([min, max]: Range): number {
  return max - min;
}
