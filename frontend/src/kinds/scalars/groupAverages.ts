/**
 * The averages of groups as one chart shows them of a label or an expression: an overview, and finer ones of what is zoomed into. They do not
 * grow with live points: the server is asked again, now and then. Knows no component.
 */
import type { AggregateColumns } from "../../api/aggregates";
import type { Range } from "../../charts/ranges";
import type { ChartPart } from "./customCharts";
import type { GroupQuestion, LoadGroups } from "./groupRequests";
import type { Status } from "./labelSeries";

export interface GroupsShown extends Omit<GroupQuestion, "range"> {
  /** What of the x axis is shown; null: all. */
  zoom: Range | null;
}

/** Loaded beside each end of a zoom, in widths of it, so that panning finds something. */
const MARGIN = 0.5;
/** A zoom to less than this part of what was loaded asks for finer points. */
const REFINED = 0.3;
const ZOOM_REST_MS = 120;
/** What changes live is asked for so seldom. */
const LIVE_MS = 2000;

interface Loaded {
  key: string;
  smoothing: number;
  /** null: all of the x axis. */
  range: Range | null;
  lines: readonly AggregateColumns[];
}

export class GroupAverages {
  readonly #part: ChartPart;
  readonly #load: LoadGroups;
  readonly #tell: () => void;
  #shown: GroupsShown | null = null;
  #overview: Loaded | null = null;
  #detail: Loaded | null = null;
  #status: Status = { state: "loading" };
  readonly #asking: Partial<Record<"overview" | "detail", AbortController>> = {};
  #asked = "";
  #isAwaited = false;
  #zoomTimer: ReturnType<typeof setTimeout> | undefined;
  #liveTimer: ReturnType<typeof setTimeout> | undefined;

  /** `tell`: called when there is something new to draw, or another status. */
  constructor(part: ChartPart, load: LoadGroups, tell: () => void) {
    this.#part = part;
    this.#load = load;
    this.#tell = () => {
      this.#isAwaited = false;
      tell();
    };
  }

  get status(): Status {
    return this.#status;
  }

  /** Whether only the answer to another smoothing is worth a redraw. */
  get isAwaited(): boolean {
    return this.#isAwaited;
  }

  /** One a group that has the label; where it is zoomed into, as fine as is loaded. */
  get lines(): readonly AggregateColumns[] {
    const zoom = this.#shown?.zoom;
    if (zoom && this.#detail?.range && covers(this.#detail.range, zoom)) return this.#detail.lines;
    return this.#overview?.lines ?? [];
  }

  show(shown: GroupsShown): void {
    this.#shown = shown;
    const key = keyOf(shown);
    if (this.#overview?.key !== key) {
      this.#isAwaited = this.#isSmoothedOtherwise(shown);
      void this.#ask();
    } else if (this.#asked !== key) {
      // Somebody has gone back before the answer came.
      this.#asking.overview?.abort();
      this.#asked = key;
      this.#isAwaited = false;
    }
    this.#considerDetail();
  }

  /** Something has changed that is shown: ask again soon. */
  refresh(): void {
    this.#liveTimer ??= setTimeout(() => {
      this.#liveTimer = undefined;
      void this.retry();
    }, LIVE_MS);
  }

  async retry(): Promise<void> {
    this.#asked = "";
    await this.#ask();
    if (this.#detail) await this.#askDetail();
  }

  close(): void {
    clearTimeout(this.#zoomTimer);
    clearTimeout(this.#liveTimer);
    for (const asking of Object.values(this.#asking)) asking.abort();
    this.#shown = null;
  }

  /** Whether what is here differs from this in nothing else. */
  #isSmoothedOtherwise(shown: GroupsShown): boolean {
    if (!this.#overview) return false;
    const { key, smoothing } = this.#overview;
    return keyOf({ ...shown, sight: { ...shown.sight, smoothing } }) === key;
  }

  async #ask(): Promise<void> {
    const shown = this.#shown;
    if (!shown) return;
    const key = keyOf(shown);
    if (this.#asked === key) return;
    this.#asked = key;
    const lines = await this.#request(shown, null);
    if (!lines) return;
    if (this.#overview && this.#overview.key !== key) this.#detail = null;
    this.#overview = { key, smoothing: shown.sight.smoothing, range: null, lines };
    this.#status = { state: "ready" };
    this.#considerDetail();
    this.#tell();
  }

  async #askDetail(): Promise<void> {
    const shown = this.#shown;
    if (!shown?.zoom) return;
    const margin = (shown.zoom[1] - shown.zoom[0]) * MARGIN;
    const range: Range = [shown.zoom[0] - margin, shown.zoom[1] + margin];
    const columns = Math.ceil(shown.sight.columns * (1 + 2 * MARGIN));
    const lines = await this.#request({ ...shown, sight: { ...shown.sight, columns } }, range);
    if (!lines) return;
    this.#detail = { key: keyOf(shown), smoothing: shown.sight.smoothing, range, lines };
    this.#tell();
  }

  /** null: it was given up, or failed, which `status` says. */
  async #request({ groups, sight }: GroupsShown, range: Range | null): Promise<AggregateColumns[] | null> {
    const part = range ? "detail" : "overview";
    this.#asking[part]?.abort();
    const asking = (this.#asking[part] = new AbortController());
    try {
      const lines = await this.#load(this.#part, { groups, sight, range }, asking.signal);
      return asking.signal.aborted ? null : lines;
    } catch (error) {
      if (asking.signal.aborted) return null;
      this.#asked = "";
      this.#status = { state: "failed", error: error instanceof Error ? error : new Error(String(error)) };
      this.#tell();
      return null;
    }
  }

  #considerDetail(): void {
    clearTimeout(this.#zoomTimer);
    if (this.#needsDetail()) this.#zoomTimer = setTimeout(() => void this.#askDetail(), ZOOM_REST_MS);
  }

  #needsDetail(): boolean {
    const zoom = this.#shown?.zoom;
    if (!zoom || !this.#overview || this.#overview.key !== keyOf(this.#shown!)) return false;
    if (this.#overview.lines.every(isWhole)) return false;
    const range = this.#detail?.key === this.#overview.key ? this.#detail.range : null;
    if (!range || !covers(range, zoom)) return true;
    const isFine = zoom[1] - zoom[0] >= (range[1] - range[0]) * REFINED;
    return !isFine && !this.#detail!.lines.every(({ head }) => head.sent < this.#shown!.sight.columns);
  }
}

/** Whether every step of the line is here. */
export function isWhole({ head }: AggregateColumns): boolean {
  return head.sent === head.count;
}

function keyOf({ groups, sight }: GroupsShown): string {
  return JSON.stringify([groups, sight]);
}

function covers(outer: Range, inner: Range): boolean {
  return outer[0] <= inner[0] && inner[1] <= outer[1];
}
