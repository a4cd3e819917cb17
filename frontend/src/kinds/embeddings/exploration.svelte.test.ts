import { flushSync } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { useExploration, type Exploration } from "./exploration.svelte";
import type { Embedding } from "./loadEmbedding";
import { VectorsClient } from "./vectorsClient";

/** Answers that the nearest to a vector are the two after it. */
class Answering {
  static closed = 0;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  postMessage({ request, question }: { request: number; question: { to: number } }) {
    const answer = [1, 2].map((after) => ({ index: question.to + after, distance: after / 2 }));
    queueMicrotask(() => this.onmessage?.({ data: { request, answer } }));
  }
  terminate() {
    Answering.closed++;
  }
}

beforeEach(() => {
  Answering.closed = 0;
  vi.stubGlobal("Worker", Answering);
});
afterEach(() => void vi.unstubAllGlobals());

function embeddingOf(words: readonly string[]): Embedding {
  return {
    client: new VectorsClient(),
    experiment: "run",
    previewPath: "",
    vectorsPath: "vectors.npy",
    count: words.length,
    dimensions: 2,
    columns: [{ name: "word", values: words }],
    sprite: null,
  };
}

function world() {
  let embedding = $state.raw(embeddingOf(["cat", "dog", "caterpillar", "cow"]));
  let exploration: Exploration | undefined;
  const end = $effect.root(() => {
    exploration = useExploration(() => embedding);
  });
  flushSync();
  const show = (words: readonly string[]) => {
    embedding = embeddingOf(words);
    flushSync();
  };
  return { exploration: exploration!, show, end };
}

test("what is asked last is answered: words, a selection, the nearest of one", async () => {
  const { exploration, end } = world();
  expect([exploration.listed, exploration.marked]).toEqual([null, null]);
  exploration.words = " CAT ";
  expect(exploration.listed).toEqual({ title: "2 vectors found", rows: [0, 2] });
  exploration.select([1, 2, 3]);
  expect(exploration.listed).toEqual({ title: "3 vectors selected", rows: [1, 2, 3] });
  exploration.pick(1);
  flushSync();
  await vi.waitFor(() => expect(exploration.listed).toEqual({ title: "Nearest to dog", rows: [2, 3] }));
  expect([...exploration.marked!]).toEqual([1, 2, 3]);
  expect([exploration.distanceTo(3), exploration.distanceTo(0)]).toEqual([1, undefined]);
  exploration.clear();
  expect([exploration.listed, exploration.words, exploration.picked]).toEqual([null, "", null]);
  end();
});

test("the part that stands out can be laid out alone, in the order of its rows", () => {
  const { exploration, end } = world();
  exploration.select([3, 0]);
  exploration.layOutMarked();
  expect([exploration.only, exploration.listed]).toEqual([Uint32Array.of(0, 3), null]);
  exploration.layOutAll();
  expect(exploration.only).toBeNull();
  end();
});

test("what was asked of one embedding says nothing about the next, and its worker ends", () => {
  const { exploration, show, end } = world();
  exploration.select([3, 0]);
  exploration.layOutMarked();
  exploration.words = "cat";
  show(["lion"]);
  expect([exploration.only, exploration.listed, exploration.words, Answering.closed]).toEqual([
    null,
    null,
    "",
    1,
  ]);
  end();
  expect(Answering.closed).toBe(2);
});
