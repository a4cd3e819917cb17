import { expect, test, vi } from "vitest";
import * as scalars from "../api/scalars";
import type { Annotation } from "../api/messages";
import { steadyAnnotated } from "./annotated.svelte";
import { annotations } from "./annotations.svelte";
import { experimentOf } from "./experiment.fixture";
import { replaceExperiments } from "./experiments.svelte";

vi.mock("../api/scalars", async (original) => ({
  ...(await original<typeof scalars>()),
  fetchAnnotations: vi.fn(),
}));

const written: Annotation = { id: "1", step: 1, end_step: null, label: "", author: "", time: 0, text: "One" };

async function known(match: string, ...all: Annotation[]): Promise<void> {
  const page = { experiment: "a", match, annotations: all };
  vi.mocked(scalars.fetchAnnotations).mockResolvedValueOnce({ experiments: [page] });
  await annotations.reload("a");
}

test("as long as nobody writes the list is the same", async () => {
  replaceExperiments([experimentOf("a", { annotations: "1" })]);
  await known("m1", written);
  const keep = steadyAnnotated();
  const before = keep(["a", "b"]);
  expect(before).toHaveLength(1);
  expect(keep(["a", "b"])).toBe(before);
  await known("m2", { ...written, text: "Other" });
  expect(keep(["a", "b"])).not.toBe(before);
});
