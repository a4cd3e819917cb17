import { beforeEach, expect, test, vi } from "vitest";
import * as edits from "../api/edits";
import { UnreachableError } from "../api/http";
import * as scalars from "../api/scalars";
import type { Annotation, EditAnswer, ExperimentSummary } from "../api/messages";
import { annotations } from "../state/annotations.svelte";
import { setEditing } from "../state/editing.svelte";
import { replaceExperiments } from "../state/experiments.svelte";
import { annotating, save } from "./annotating.svelte";

vi.mock("../api/edits", async (original) => ({
  ...(await original<typeof edits>()),
  sendEdit: vi.fn(),
}));
vi.mock("../api/scalars", async (original) => ({
  ...(await original<typeof scalars>()),
  fetchAnnotations: vi.fn(),
}));

const fetched = vi.mocked(scalars.fetchAnnotations);
const sent = vi.mocked(edits.sendEdit);

function annotation(part: Partial<Annotation>): Annotation {
  return { id: "1", step: 1, end_step: null, label: "", author: "", time: 0, text: "Mine", ...part };
}

async function known(match: string, ...all: Annotation[]): Promise<void> {
  fetched.mockResolvedValueOnce({ experiments: [{ experiment: "a", match, annotations: all }] });
  await annotations.reload("a");
}

function answer(match: string, conflict: string | null = null): EditAnswer {
  const refused = conflict === null ? [] : [refusal(conflict)];
  return { id: conflict === null ? "e" : "", what: "annotated a", match, refused, files: 0, size_bytes: 0 };
}

function refusal(match: string) {
  return { target: "a", reason: "changed", conflict: { match, text: "", by: "", time: null } };
}

const matchesSent = () => sent.mock.calls.map(([edit]) => edit.action === "annotate" && edit.target.match);

beforeEach(() => {
  replaceExperiments([
    { id: "a", name: "a", title: "", tags: [], annotations: "1" } as unknown as ExperimentSummary,
  ]);
  setEditing({ allowed: true, user: "", reason: "" });
  annotating.close();
  fetched.mockReset();
  sent.mockReset();
});

test("a new one goes beside what others wrote meanwhile", async () => {
  await known("m1");
  sent.mockResolvedValueOnce(answer("", "m2")).mockResolvedValueOnce(answer("m3"));
  fetched.mockResolvedValueOnce({
    experiments: [{ experiment: "a", match: "m2", annotations: [annotation({ text: "Theirs" })] }],
  });
  expect(await save("a", annotation({ id: "" }), null)).toBe("done");
  expect(matchesSent()).toEqual(["m1", "m2"]);
});

test("one that somebody else has changed is not put in its place unseen", async () => {
  const seen = annotation({});
  await known("m1", seen);
  sent.mockResolvedValueOnce(answer("", "m2"));
  fetched.mockResolvedValueOnce({
    experiments: [{ experiment: "a", match: "m2", annotations: [annotation({ text: "Theirs" })] }],
  });
  expect(await save("a", annotation({ text: "Mine again" }), seen)).toBe("conflict");
  // Nor if the page has heard of it while the dialog was open.
  expect(await save("a", annotation({ text: "Mine again" }), seen)).toBe("conflict");
  expect(sent).toHaveBeenCalledTimes(1);
  sent.mockResolvedValueOnce(answer("m3"));
  expect(await save("a", annotation({ text: "Mine again" }), annotation({ text: "Theirs" }))).toBe("done");
});

test("what the server refuses is failed", async () => {
  await known("m1");
  sent.mockResolvedValueOnce({
    ...answer(""),
    refused: [{ target: "a", reason: "too long", conflict: null }],
  });
  expect(await save("a", annotation({ id: "" }), null)).toBe("failed");
  sent.mockRejectedValueOnce(new UnreachableError("gone"));
  expect(await save("a", annotation({ id: "" }), null)).toBe("failed");
});
