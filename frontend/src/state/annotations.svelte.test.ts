import { flushSync } from "svelte";
import { beforeEach, expect, test, vi } from "vitest";
import * as scalars from "../api/scalars";
import type { Annotation, AnnotationsPage, ExperimentSummary } from "../api/messages";
import { annotations } from "./annotations.svelte";
import { dispatch } from "./connection.svelte";
import { replaceExperiments } from "./experiments.svelte";
import { past } from "./past.svelte";

vi.mock("../api/scalars", async (original) => ({
  ...(await original<typeof scalars>()),
  fetchAnnotations: vi.fn(),
}));

const asked = vi.mocked(scalars.fetchAnnotations);

function rows(words: Record<string, string>): void {
  replaceExperiments(
    Object.entries(words).map(([id, word]) => ({ id, name: id, annotations: word }) as ExperimentSummary),
  );
}

function page(experiment: string, match: string, ...texts: string[]): AnnotationsPage {
  const all = texts.map((text) => ({ id: text, step: 1, text }) as Annotation);
  return { experiments: [{ experiment, match, annotations: all }] };
}

function texts(id: string): string[] {
  return annotations.of(id).map(({ text }) => text);
}

/** As a page that shows them does; returns the end of it. */
function show(...ids: string[]): () => void {
  return $effect.root(() => {
    $effect(() => annotations.load(ids));
  });
}

beforeEach(() => asked.mockReset());

test("only experiments that have some are asked for, and again when they have others", async () => {
  rows({ a: "1", b: "" });
  asked.mockResolvedValueOnce(page("a", "m1", "first"));
  const end = show("a", "b");
  flushSync();
  await vi.waitFor(() => expect(texts("a")).toEqual(["first"]));
  expect(asked.mock.calls).toEqual([[["a"]]]);
  expect([annotations.matchOf("a"), annotations.matchOf("b")]).toEqual(["m1", ""]);

  asked.mockResolvedValueOnce(page("a", "m2", "first", "second"));
  rows({ a: "2", b: "" });
  flushSync();
  await vi.waitFor(() => expect(texts("a")).toEqual(["first", "second"]));

  rows({ a: "", b: "" });
  flushSync();
  expect([texts("a"), annotations.matchOf("a")]).toEqual([[], ""]);
  expect(asked).toHaveBeenCalledTimes(2);
  end();
});

test("an answer that comes late does not stand before a newer one", async () => {
  rows({ late: "1" });
  let answerFirst: (page: AnnotationsPage) => void = () => undefined;
  asked.mockReturnValueOnce(new Promise((resolve) => (answerFirst = resolve)));
  asked.mockResolvedValueOnce(page("late", "m2", "new"));
  const end = show("late");
  flushSync();
  rows({ late: "2" });
  flushSync();
  await vi.waitFor(() => expect(texts("late")).toEqual(["new"]));
  answerFirst(page("late", "m1", "old"));
  await Promise.resolve();
  await Promise.resolve();
  expect(texts("late")).toEqual(["new"]);
  end();
});

test("what could not be had is asked for after the feed has begun anew", async () => {
  rows({ failing: "1" });
  asked.mockRejectedValueOnce(new Error("no"));
  const end = show("failing");
  flushSync();
  await vi.waitFor(() => expect(asked).toHaveBeenCalledTimes(1));
  asked.mockResolvedValueOnce(page("failing", "m", "there"));
  dispatch({ type: "resync" } as Parameters<typeof dispatch>[0]);
  flushSync();
  await vi.waitFor(() => expect(texts("failing")).toEqual(["there"]));
  end();
});

test("the past has what was written by then, and at a step what is at steps up to it", async () => {
  rows({ a: "1" });
  const said = [
    { text: "early", step: 7, time: 10 },
    { text: "late", step: 2, time: 20 },
  ];
  asked.mockResolvedValueOnce({
    experiments: [{ experiment: "a", match: "m", annotations: said as Annotation[] }],
  });
  const end = show("a");
  flushSync();
  await vi.waitFor(() => expect(texts("a")).toEqual(["early", "late"]));
  past.text = "t15.5";
  expect(texts("a")).toEqual(["early"]);
  expect(annotations.of("a")).toBe(annotations.of("a"));
  past.text = "s2";
  expect(texts("a")).toEqual(["late"]);
  past.text = "";
  expect(texts("a")).toEqual(["early", "late"]);
  end();
});
