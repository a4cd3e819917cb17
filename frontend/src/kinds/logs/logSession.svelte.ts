/** The log that is open in a card: opened at its place, kept up with the feed, searched. */
import { untrack } from "svelte";
import { onFeed } from "../../state/connection.svelte";
import { holdLook } from "../../state/look";
import type { Filter } from "../../lib/filter";
import { toSearch } from "./matches";
import { OpenLog } from "./openLog.svelte";
import { LogSearches } from "./search.svelte";
import { noteTags, tagsOf } from "./tags.svelte";
import { noteSearch, onFindRequest, placeOf, search, setPlace, shownTags } from "./view.svelte";

/** What shows it. */
interface View {
  offsetOfFirst: () => number;
  bringIntoSight: (offset: number) => boolean;
  toEnd: () => boolean;
}

interface Address {
  experiment: string;
  /** null: not known yet. */
  path: string | null;
}

/** To be made while a component is set up: its effects end with the component. */
export class LogSession {
  readonly #address: () => Address;
  readonly #key = $derived.by(() => {
    const { experiment, path } = this.#address();
    return `${experiment}/${path}`;
  });
  /** One text, so that the log is opened anew only if other tags are wanted. */
  readonly #wantedTags = $derived(tagsOf(this.#key) ? shownTags().join("\n") : "");
  #log = $state.raw<OpenLog | null>(null);
  #searches = $state.raw<LogSearches | null>(null);
  /** null: nothing yet. */
  #searched: string | null = null;
  /** Size when it was paused. */
  #pausedAt = $state<number | null>(null);

  /** Set by who shows it. */
  view = $state.raw<View>();

  readonly following = $derived(placeOf(this.#key) === null);
  readonly searching = $derived(this.#searches?.shown ?? null);
  readonly size = $derived(this.#log?.window?.size ?? null);
  /** What came since it was paused. */
  readonly newBytes = $derived(
    this.#pausedAt === null || this.size === null ? 0 : this.size - this.#pausedAt,
  );

  constructor(address: () => Address) {
    this.#address = address;
    $effect(() => this.#open());
    $effect(() => this.#hear());
    $effect(() => {
      if (this.#log?.window) noteTags(this.#key, this.#log.window);
    });
    $effect(() => this.#beginSearches());
    $effect(() => {
      const searches = this.#searches;
      const wanted = search.valid;
      if (searches) {
        untrack(() => void this.#want(searches, wanted));
      }
    });
    $effect(() => onFindRequest((backwards) => void this.find(backwards)));
  }

  get log(): OpenLog | null {
    return this.#log;
  }

  /** What is typed is searched for, and the match nearest to what is in sight is brought there; not as it is opened. */
  async #want(searches: LogSearches, wanted: Filter): Promise<void> {
    const isTyped = this.#searched !== null && this.#searched !== wanted.text;
    this.#searched = wanted.text;
    const why = await searches.want(toSearch(wanted));
    noteSearch(wanted.text, why);
    const searching = searches.shown;
    if (!isTyped || why !== "" || !searching || this.#searched !== wanted.text || !this.#log?.window) return;
    await this.#show(await searching.goNear(this.view?.offsetOfFirst() ?? 0));
  }

  /** Bring the next match into sight. */
  async find(backwards: boolean): Promise<void> {
    if (!this.searching || !this.#log?.window) return;
    await this.#show(await this.searching.go(this.view?.offsetOfFirst() ?? 0, backwards));
  }

  /** Bring a line into sight, with those around it. null: none. */
  async #show(offset: number | null): Promise<void> {
    const log = this.#log;
    if (offset === null || !log) return;
    this.pause(offset);
    if (!this.view?.bringIntoSight(offset)) {
      await log.open({ at: "offset", offset });
      await log.extend("previous");
      this.view?.bringIntoSight(offset);
    }
  }

  /** Stay at a line while the log grows: by default at the first one in sight. */
  pause(offset = this.view?.offsetOfFirst() ?? 0): void {
    if (this.following) this.#pausedAt = this.size;
    setPlace(this.#key, offset);
  }

  follow(): void {
    setPlace(this.#key, null);
    this.#pausedAt = null;
    if (!this.view?.toEnd()) void this.#log?.open({ at: "end" });
  }

  toBeginning(): void {
    this.pause(0);
    void this.#log?.open({ at: "start" });
  }

  #open(): (() => void) | undefined {
    const { experiment, path } = this.#address();
    if (path === null) return undefined;
    const opened = new OpenLog({ experiment, path, tags: toTags(this.#wantedTags) });
    this.#log = opened;
    this.#pausedAt = null;
    const offset = untrack(() => placeOf(this.#key));
    void opened.open(offset === null ? { at: "end" } : { at: "offset", offset });
    return () => opened.close();
  }

  #hear(): (() => void) | undefined {
    const { experiment, path } = this.#address();
    if (path === null) return undefined;
    const key = this.#key;
    const ends = [
      holdLook({ experiments: [experiment], files: [key] }),
      onFeed("file", (message) => {
        if (message.path !== key) return;
        void this.#log?.grow(message, this.following);
        this.searching?.grow(message.size_bytes);
      }),
      onFeed("resync", () => void this.#log?.refresh(this.following)),
    ];
    return () => ends.forEach((end) => end());
  }

  #beginSearches(): (() => void) | undefined {
    const { experiment, path } = this.#address();
    if (path === null) return undefined;
    const begun = new LogSearches({ experiment, path, tags: toTags(this.#wantedTags) });
    this.#searches = begun;
    return () => begun.close();
  }
}

function toTags(word: string): string[] {
  return word === "" ? [] : word.split("\n");
}
