/**
 * What experiments differ in, counted: with the whole filter, and for each field that has terms of its own with the filter
 * without these. Asked while somebody looks, again when the filter or the experiments change.
 */
import { isAborted, UnreachableError } from "../../api/http";
import { fetchFilter } from "../../api/root";
import type { Facet } from "../../api/messages";
import { fieldsChosen, withoutField } from "../../lib/facetTerms";
import { mergeFacets } from "./facetOrder";

/** Further fields with terms are counted with these. */
const MOST_ALONE = 6;
const KEY_MS = 60;
const AGAIN_MS = 1000;

export class FacetCounts {
  /** null: not known yet. */
  facets = $state.raw<readonly Facet[] | null>(null);
  /** Why the server did not answer; "" if it did. */
  failure = $state("");
  /** Experiments that the filter has to read first. */
  unread = $state(0);

  #filter = "";
  #archived = false;
  #flight: AbortController | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isStale = false;

  follow(filter: string, archived: boolean): void {
    this.stop();
    this.#filter = filter;
    this.#archived = archived;
    this.#askIn(this.facets ? KEY_MS : 0);
  }

  /** Rows have changed. */
  askAgain(): void {
    if (this.#flight) this.#isStale = true;
    else if (this.#timer === undefined) this.#askIn(AGAIN_MS);
  }

  /** Nobody looks any more. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#flight?.abort();
    this.#flight = undefined;
    this.#isStale = false;
  }

  #askIn(ms: number): void {
    this.#timer = setTimeout(() => void this.#ask(), ms);
  }

  async #ask(): Promise<void> {
    this.#timer = undefined;
    this.#isStale = false;
    const mine = (this.#flight = new AbortController());
    try {
      await this.#count(mine.signal);
      this.failure = "";
    } catch (error) {
      if (isAborted(error) || this.#flight !== mine) return;
      this.failure = error instanceof UnreachableError ? "The server does not answer." : String(error);
    }
    if (this.#flight !== mine) return;
    this.#flight = undefined;
    if (this.#isStale || this.unread > 0 || this.failure !== "") this.#askIn(AGAIN_MS);
  }

  async #count(signal: AbortSignal): Promise<void> {
    const ask = (filter: string) => fetchFilter({ filter, archived: this.#archived, facets: true }, signal);
    const chosen = fieldsChosen(this.#filter).slice(0, MOST_ALONE);
    const [whole, ...alone] = await Promise.all([
      ask(this.#filter),
      ...chosen.map((field) => ask(withoutField(this.#filter, field))),
    ]);
    signal.throwIfAborted();
    this.unread = whole.unread;
    if (whole.mistakes.length === 0) {
      this.facets = mergeFacets(
        whole.facets,
        alone.map(({ facets }, index) => [chosen[index]!, facets] as const),
      );
    } else if (this.facets === null) {
      // What counts while a filter is wrong is the one before it; the page was opened with this one.
      this.facets = (await ask("")).facets;
    }
  }
}
