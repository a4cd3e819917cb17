/**
 * What the server says of the columns that need scalars: a value for each experiment that the filter lets through, and for
 * each group what its values are like. One question for all of them, so that any number of experiments is sorted by a
 * label without their scalars in the page.
 */
import { isAborted, UnreachableError } from "../../api/http";
import { fetchFilter } from "../../api/root";
import type { FilterAnswer, FilterMistake, FilterRequest, Group } from "../../api/messages";
import { toNumber } from "../../lib/numbers";
import { onAnswering, onFeed } from "../../state/connection.svelte";
import type { Cell } from "../../lib/cells";

export type Question = Pick<FilterRequest, "filter" | "archived" | "columns" | "grouping">;

export type AnsweredCell = FilterAnswer["cells"][number][number];

/** From the last key to the question. */
const KEY_MS = 60;
/** Between two askings of the same question, and in proportion to how long the last took: half of the time is rest. */
const AGAIN_MS = 1000;
const REST_RATIO = 4;

export class TableValues {
  /** By field, then by experiment. Fields of before stay: their columns may come back. */
  #cells = $state.raw<ReadonlyMap<string, ReadonlyMap<string, Cell>>>(new Map());
  #groups = $state.raw<{ columns: readonly string[]; groups: readonly Group[] }>({ columns: [], groups: [] });
  #unread = $state(0);
  #asked = $state(0);
  #isPending = $state(false);
  #mistakes = $state.raw<readonly FilterMistake[]>([]);
  #failure = $state("");

  /** As JSON, so that the same question is the same value. */
  #question = "";
  #flight: AbortController | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isStale = false;
  #tookMs = 0;
  readonly #toCell: (answered: AnsweredCell) => Cell;

  /** @param read what an answered cell is; of a label, without it */
  constructor(read: (answered: AnsweredCell) => Cell = toCell) {
    this.#toCell = read;
  }

  /** For an effect: keeps the answers to this question current until the returned function is called. null: nothing. */
  follow(question: Question | null): () => void {
    const text = question ? JSON.stringify(question) : "";
    if (text !== this.#question) {
      this.#stop();
      const isFirst = this.#question === "";
      this.#question = text;
      this.#isPending = text !== "";
      // What follows each other quickly, as the keys of a filter do, is asked once.
      if (text !== "") this.#timer = setTimeout(() => void this.#ask(), isFirst ? 0 : KEY_MS);
    }
    const ends = [
      onFeed("experiments", () => this.#askAgain()),
      onFeed("points", () => this.#askAgain()),
      onFeed("scalars", () => this.#askAgain()),
      onFeed("resync", () => this.#askAgain()),
      onAnswering(() => {
        if (this.#failure !== "") this.#askAgain();
      }),
    ];
    return () => {
      for (const end of ends) end();
    };
  }

  /** Nobody looks any more. */
  stop(): void {
    this.#stop();
    this.#question = "";
  }

  /** undefined: not known yet. */
  cell(field: string, experiment: string): Cell | undefined {
    return this.#cells.get(field)?.get(experiment);
  }

  /** Those of the last answer. */
  get groups(): readonly Group[] {
    return this.#groups.groups;
  }

  /** Of a group with this title; null: it has no number there; undefined: not known yet. */
  spread(field: string, title: string): Group["spreads"][number] | undefined {
    const { columns, groups } = this.#groups;
    return groups.find((group) => group.title === title)?.spreads[columns.indexOf(field)];
  }

  /** Experiments whose files are still being read, and of how many. */
  get unread(): number {
    return this.#unread;
  }

  get asked(): number {
    return this.#asked;
  }

  /** Whether the question, as it is now, has not been answered yet. */
  get isPending(): boolean {
    return this.#isPending;
  }

  /** Why columns mean nothing. */
  get mistakes(): readonly FilterMistake[] {
    return this.#mistakes;
  }

  /** Why the server did not answer; "" if it did. */
  get failure(): string {
    return this.#failure;
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#flight?.abort();
    this.#flight = undefined;
    this.#isStale = false;
  }

  #askAgain(): void {
    if (this.#question === "") return;
    if (this.#flight) this.#isStale = true;
    else this.#timer ??= setTimeout(() => void this.#ask(), Math.max(AGAIN_MS, REST_RATIO * this.#tookMs));
  }

  async #ask(): Promise<void> {
    this.#timer = undefined;
    this.#isStale = false;
    const mine = (this.#flight = new AbortController());
    const question = JSON.parse(this.#question) as Question;
    const began = performance.now();
    try {
      const answer = await fetchFilter(question, mine.signal);
      if (this.#flight !== mine) return;
      this.#take(question, answer);
      this.#isStale ||= answer.unread > 0;
    } catch (error) {
      if (isAborted(error) || this.#flight !== mine) return;
      this.#failure = error instanceof UnreachableError ? "The server does not answer." : String(error);
    }
    this.#tookMs = performance.now() - began;
    this.#flight = undefined;
    if (this.#isStale) this.#askAgain();
  }

  #take(question: Question, answer: FilterAnswer): void {
    this.#failure = "";
    this.#isPending = false;
    this.#mistakes = answer.mistakes;
    // A filter that means nothing is said beside its field; the table keeps what it had.
    if (question.filter !== "" && answer.mistakes.some(({ text }) => text === question.filter)) return;
    this.#unread = answer.unread;
    this.#asked = answer.experiments.length;
    const cells = new Map(this.#cells);
    question.columns.forEach((field, place) => {
      const column = answer.cells[place] ?? [];
      cells.set(field, new Map(answer.experiments.map((id, row) => [id, this.#toCell(column[row] ?? null)])));
    });
    this.#cells = cells;
    this.#groups = { columns: question.columns, groups: answer.groups };
  }
}

/** Numbers that JSON cannot say come as words: of a label, nothing else is a word. */
function toCell(cell: AnsweredCell): Cell {
  if (cell === null || typeof cell === "boolean") return cell;
  return Array.isArray(cell) ? cell.join(", ") : toNumber(cell);
}
