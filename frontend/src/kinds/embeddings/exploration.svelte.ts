/** What somebody asks of an embedding: words to find, vectors to select, one whose nearest are wanted, a part to lay out. */
import { plural } from "../../lib/numbers";
import type { Embedding } from "./loadEmbedding";
import { rowsWith, textOf } from "./rows";
import type { Neighbour } from "./vectors";
import { metric } from "./view.svelte";

const MOST_NEAR = 20;

export interface Exploration {
  /** That what is known of a vector is searched for. */
  words: string;
  /** Lines are drawn around vectors to select them; without it a click picks one. */
  selects: boolean;
  /** The vector whose nearest are listed. */
  readonly picked: number | null;
  /** The answer to what was asked last; null: nothing is asked. */
  readonly listed: Listed | null;
  /** Of the picked vector to one that is listed. */
  readonly distanceTo: (row: number) => number | undefined;
  /** What stands out in the picture; null: nothing does. */
  readonly marked: ReadonlySet<number> | null;
  /** Only these are laid out; null: all. */
  readonly only: Uint32Array | null;
  /** null: none. */
  readonly pick: (row: number | null) => void;
  readonly select: (rows: readonly number[]) => void;
  /** Nothing is asked any more. */
  readonly clear: () => void;
  readonly layOutMarked: () => void;
  readonly layOutAll: () => void;
}

export interface Listed {
  title: string;
  rows: readonly number[];
}

/** Closes the embedding in the end. Call it while a component is made. */
export function useExploration(embedding: () => Embedding): Exploration {
  let words = $state("");
  let selects = $state(false);
  let selected = $state.raw<readonly number[]>([]);
  let picked = $state.raw<number | null>(null);
  let near = $state.raw<readonly Neighbour[]>([]);
  let only = $state.raw<Uint32Array | null>(null);

  const matches = $derived(words.trim() === "" ? null : rowsWith(embedding(), words));
  const listed = $derived.by((): Listed | null => {
    if (picked !== null) {
      return { title: `Nearest to ${textOf(embedding(), picked)}`, rows: near.map(({ index }) => index) };
    }
    if (selected.length > 0)
      return { title: `${plural(selected.length, "vector")} selected`, rows: selected };
    if (matches) return { title: `${plural(matches.length, "vector")} found`, rows: matches };
    return null;
  });
  const marked = $derived(listed ? new Set(picked === null ? listed.rows : [picked, ...listed.rows]) : null);
  const distances = $derived(new Map(near.map(({ index, distance }) => [index, distance])));

  $effect(() => {
    const { client } = embedding();
    return () => {
      client.close();
      // Rows of one say nothing about the next.
      only = null;
      clear();
    };
  });

  $effect(() => {
    if (picked === null) return;
    let isWanted = true;
    void embedding()
      .client.nearest(picked, MOST_NEAR, metric.value)
      .then((found) => {
        if (isWanted) near = found;
      });
    return () => (isWanted = false);
  });

  function select(rows: readonly number[]) {
    picked = null;
    selected = rows;
  }

  function clear() {
    select([]);
    words = "";
  }

  return {
    get words() {
      return words;
    },
    set words(wanted) {
      words = wanted;
    },
    get selects() {
      return selects;
    },
    set selects(wanted) {
      selects = wanted;
    },
    get picked() {
      return picked;
    },
    get listed() {
      return listed;
    },
    distanceTo: (row) => distances.get(row),
    get marked() {
      return marked;
    },
    get only() {
      return only;
    },
    pick: (row) => (picked = row),
    select,
    clear,
    layOutMarked() {
      only = Uint32Array.from(marked ?? []).sort();
      clear();
    },
    layOutAll: () => (only = null),
  };
}
