/** What people wrote to steps of experiments: loaded while a page shows it, and again when its file is another one. */
import { isAborted } from "../api/http";
import { fetchAnnotations } from "../api/scalars";
import type { Annotation, ExperimentAnnotations } from "../api/messages";
import { onAnswering, onFeed } from "./connection.svelte";
import { experiments } from "./experiments.svelte";
import { past } from "./past.svelte";

/** Experiments in one request. */
const BATCH = 200;
const NONE: readonly Annotation[] = [];

interface Known {
  /** Of the row, as it was when they were asked for; null: they are to be asked for again. */
  word: string | null;
  /** Which request it was: an answer to an earlier one is dropped. */
  request: number;
  /** null: not answered yet, or not to be had. */
  page: ExperimentAnnotations | null;
  failed: boolean;
}

const byId = new Map<string, Known>();
/** Of a past: made once, so that charts see that it is the same. */
const cut = new WeakMap<readonly Annotation[], { until: string; annotations: readonly Annotation[] }>();
let requests = 0;
let version = $state(0);

export const annotations = {
  /** Load these experiments' annotations, again whenever one has others: `$effect(() => annotations.load(ids))`. */
  load(ids: readonly string[]): void {
    void version;
    const wanted = ids.filter(isWanted);
    for (let from = 0; from < wanted.length; from += BATCH) void ask(wanted.slice(from, from + BATCH));
  },

  /** Load one anew, whatever its row says: somebody has written to it. */
  async reload(experiment: string): Promise<void> {
    await ask([experiment]);
  },

  /** In the order of the file; none until they are loaded. Of the past: what was written by then, or to steps up to it. */
  of(experiment: string): readonly Annotation[] {
    void version;
    return isThere(experiment) ? untilThen(byId.get(experiment)?.page?.annotations ?? NONE) : NONE;
  },

  /** Names the state of the file that was seen, for edits of it; "" if there is none. */
  matchOf(experiment: string): string {
    void version;
    return isThere(experiment) ? (byId.get(experiment)?.page?.match ?? "") : "";
  },
};

function untilThen(all: readonly Annotation[]): readonly Annotation[] {
  const until = past.text;
  if (until === "") return all;
  const known = cut.get(all);
  if (known?.until === until) return known.annotations;
  const last = Number(until.slice(1));
  const annotations = all.filter(({ step, time }) => (until.startsWith("s") ? step : time) <= last);
  cut.set(all, { until, annotations });
  return annotations;
}

/** Not if its row says that there are none; unless it has said so already when they were loaded. */
function isThere(id: string): boolean {
  const word = wordOf(id);
  return word !== "" || byId.get(id)?.word === word;
}

function wordOf(id: string): string {
  return experiments.get(id)?.annotations ?? "";
}

function isWanted(id: string): boolean {
  const word = wordOf(id);
  return word !== "" && byId.get(id)?.word !== word;
}

async function ask(ids: readonly string[]): Promise<void> {
  const request = ++requests;
  for (const id of ids) {
    byId.set(id, { word: wordOf(id), request, page: byId.get(id)?.page ?? null, failed: false });
  }
  const update = (id: string, change: Partial<Known>) => {
    const known = byId.get(id);
    if (known?.request === request) byId.set(id, { ...known, ...change });
  };
  try {
    const { experiments: pages } = await fetchAnnotations([...ids]);
    for (const page of pages) update(page.experiment, { page });
  } catch (error) {
    for (const id of ids) update(id, { failed: !isAborted(error) });
  }
  version++;
}

/** What failed, or may have been missed, is asked for again as soon as somebody wants it. */
function forget(isForgotten: (known: Known) => boolean): void {
  for (const [id, known] of byId) if (isForgotten(known)) byId.set(id, { ...known, word: null });
  version++;
}

onFeed("resync", () => forget(() => true));
onAnswering(() => forget(({ failed }) => failed));
