/** The sets of boxes that other programs wrote for the experiments on show, and which of them lie on the pictures. */
import { isAborted } from "../../../api/http";
import { fetchDetections } from "../../../api/items";
import type { DetectionRef, DetectionSource } from "../../../api/messages";
import { readable } from "../../../lib/ids";
import { onFeed } from "../../../state/connection.svelte";
import { holdLook } from "../../../state/look";
import { Parameter } from "../../../state/view.svelte";
import { ownSets } from "./own";

/** While one is being read; and else, for what nobody told us of: folders that are not watched. */
const READING_MS = 500;
const IDLE_MS = 10_000;
/** Changes come in crowds, and each time all files of a set are looked at. */
const CHANGED_MS = 300;
/** Of sets of other programs, which are no items of ours. */
const OTHERS = "files";

export const NO_SET = "none";
const words = { decode: (text: string) => text, encode: (text: string) => text };

/** "": the first there is; `NO_SET`: none. */
const chosenExpected = new Parameter<string>("images.expected", "", words);
const chosenPredicted = new Parameter<string>("images.predicted", "", words);

/** Whose own boxes are matched; "": of the first. */
const chosenOwn = new Parameter<string>("images.own", "", words);

let describing = $state.raw<readonly string[]>([]);
let known = $state.raw<readonly DetectionSource[]>([]);
let asked = $state(0);

/** An id has no space. */
export const wordOf = ({ experiment, path }: DetectionRef) => `${experiment} ${path}`;
export const refOf = ({ experiment, path }: DetectionRef): DetectionRef => ({ experiment, path });

export const sets = {
  /** Asks for those of these experiments whenever files changed, and now and then: `$effect(() => sets.follow(ids))`. */
  follow(experiments: readonly string[]): () => void {
    const given = new AbortController();
    const changes = new Changes();
    const release = holdLook({ experiments: [...experiments], kinds: [OTHERS] });
    const deafen = onFeed("items", (message) => {
      if (!experiments.includes(message.experiment)) return;
      if (message.changes.some(({ kind }) => kind === OTHERS || describing.length > 0)) changes.tell();
    });
    void ask(experiments, changes, given.signal);
    return () => {
      given.abort();
      deafen();
      release();
    };
  },

  /** Those of other programs. */
  get all(): readonly DetectionSource[] {
    return known;
  },

  /** Experiments with something on their own pictures. */
  get describing(): readonly string[] {
    return describing;
  },

  /** The one whose own boxes are matched; null: none has any. */
  get own(): string | null {
    return describing.find((id) => id === chosenOwn.value) ?? describing[0] ?? null;
  },

  chooseOwn(experiment: string): void {
    chosenOwn.value = experiment;
  },

  /** How often it was asked which there are. */
  get rounds(): number {
    return asked;
  },

  /** What people chose, or the first that says what is expected; all such ones, where a picture is in one of them. */
  get expected(): DetectionSource[] {
    if (chosenExpected.value === NO_SET) return [];
    const candidates = known.filter(({ role }) => role !== "predicted");
    const chosen = known.find((each) => wordOf(each) === chosenExpected.value);
    return chosen ? [chosen] : candidates.filter(({ state }) => state !== "failed");
  },

  /** What people chose, or the first of the experiment whose pictures are annotated. */
  get predicted(): DetectionSource | null {
    if (chosenPredicted.value === NO_SET) return null;
    const candidates = known.filter(({ role }) => role === "predicted");
    const chosen = known.find((each) => wordOf(each) === chosenPredicted.value);
    const beside = candidates.find(({ experiment }) => experiment === this.expected[0]?.experiment);
    return chosen ?? beside ?? null;
  },

  chooseExpected(word: string): void {
    chosenExpected.value = word;
  },

  choosePredicted(word: string): void {
    chosenPredicted.value = word;
  },
};

/** As lists show it: `coco: annotations/instances_val.json`. */
export function nameOfSet({ experiment, path }: DetectionRef, isAlone: boolean): string {
  return isAlone ? readable(path) : `${readable(experiment)}: ${readable(path)}`;
}

/** Whether files changed since it was last looked at. */
class Changes {
  #isTold = false;
  #wake: () => void = () => undefined;

  tell(): void {
    this.#isTold = true;
    this.#wake();
  }

  /** From now on. */
  begin(): void {
    this.#isTold = false;
  }

  /** Until there is one, or so long. Says whether there is one. */
  async within(milliseconds: number, signal: AbortSignal): Promise<boolean> {
    if (!this.#isTold) {
      const told = new Promise<void>((resolve) => (this.#wake = resolve));
      await Promise.race([told, later(milliseconds, signal)]);
    }
    return this.#isTold;
  }
}

async function ask(experiments: readonly string[], changes: Changes, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const began = performance.now();
    changes.begin();
    try {
      const { sources } = await fetchDetections({ experiments: [...experiments], reads: true }, signal);
      const foreign = sources.filter((each) => !ownSets.isOwn(each));
      if (JSON.stringify(foreign) !== JSON.stringify(known)) known = foreign;
      const own = sources.filter(ownSets.isExpected).map(({ experiment }) => experiment);
      if (own.join() !== describing.join()) describing = own;
      asked++;
    } catch (error) {
      if (isAborted(error)) return;
    }
    const isReading = known.some(({ state }) => state === "reading");
    const took = performance.now() - began;
    if (await changes.within(isReading ? READING_MS : IDLE_MS, signal)) {
      await later(Math.max(CHANGED_MS, took), signal);
    }
  }
}

function later(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
