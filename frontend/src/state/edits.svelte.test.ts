import { beforeEach, expect, test, vi } from "vitest";
import type { Edit, EditAnswer } from "../api/messages";
import { edits, perform, undoEdit, undoLast } from "./edits.svelte";
import { replaceExperiments } from "./experiments.svelte";
import { experimentOf } from "./experiment.fixture";
import { mark } from "./marks.svelte";
import { dismiss, passingNotices } from "./notices.svelte";
import { editRoot, setRootSettings } from "./rootSettings.svelte";

const asked: Edit[] = [];
let answers: { status: number; body: unknown }[] = [];

const answer = (part: Partial<EditAnswer>): EditAnswer => ({
  id: "",
  what: "",
  match: "",
  refused: [],
  files: 0,
  size_bytes: 0,
  ...part,
});
const done = (id: string, what: string) => ({ status: 200, body: answer({ id, what }) });
const conflict = (target: string, match: string, part: Partial<EditAnswer> = {}) => {
  const refused = [
    { target, reason: "changed meanwhile", conflict: { match, text: "", by: "", time: null } },
  ];
  return { status: part.id ? 200 : 409, body: answer({ refused, ...part }) };
};
const edit: Edit = { action: "rename", target: { experiment: "a", match: "1" }, name: "b" };
const texts = () => passingNotices().map(({ text }) => text);

beforeEach(async () => {
  while (edits.undoable !== null) {
    answers = [done("u", ""), done("u", "")];
    await undoLast();
  }
  passingNotices().forEach(dismiss);
  asked.length = 0;
  vi.stubGlobal("fetch", (address: URL, { body }: { body?: string }) => {
    if (body) asked.push((JSON.parse(body) as { edit: Edit }).edit);
    const { status, body: said } = answers.shift() ?? { status: 500, body: { error: address.href } };
    return Promise.resolve(new Response(JSON.stringify(said), { status }));
  });
  replaceExperiments([experimentOf("a", { marks: "m1" }), experimentOf("b", { marks: "m2" })]);
});

test("what was done is told and can be taken back by the notice and the keys", async () => {
  answers = [done("e1", "renamed a to b"), done("e2", "tagged b: good"), done("u2", ""), done("u1", "")];
  await perform(edit);
  expect(texts()).toEqual(["Renamed a to b"]);
  await perform(edit);
  expect(texts()).toEqual(["Tagged b: good"]);
  passingNotices()[0]?.action?.run();
  await vi.waitFor(() => expect(texts()).toEqual(["Undone: tagged b: good"]));
  await undoLast();
  expect(asked.slice(2)).toEqual([
    { action: "undo", edit: "e2" },
    { action: "undo", edit: "e1" },
  ]);
  await undoLast();
  expect(texts().at(-1)).toMatch(/^Nothing to undo/);
});

test("marks are tried again for what was in another state, and taken back as one", async () => {
  answers = [conflict("b", "m3", { id: "e1", what: "starred 1 experiment" }), done("e2", "starred b")];
  await mark(["a", "b"], { starred: true });
  const targets = asked.map((each) => ("targets" in each ? each.targets : []));
  expect(targets).toEqual([
    [
      { experiment: "a", match: "m1" },
      { experiment: "b", match: "m2" },
    ],
    [{ experiment: "b", match: "m3" }],
  ]);
  answers = [done("u2", ""), done("u1", "")];
  await undoLast();
  expect(asked.slice(2).map((each) => "edit" in each && each.edit)).toEqual(["e2", "e1"]);
  expect(edits.undoable).toBeNull();
});

test("a conflict is left to who asked, other refusals are told", async () => {
  answers = [
    conflict("a", "m9"),
    { status: 200, body: answer({ refused: [{ target: "a", reason: "It runs.", conflict: null }] }) },
    { status: 403, body: { error: "You may only read.", hint: "" } },
  ];
  expect((await perform(edit, { tells: "no conflicts" }))?.refused).toHaveLength(1);
  expect(texts()).toEqual([]);
  await perform(edit);
  expect(await perform(edit)).toBeNull();
  expect(texts()).toEqual(["It runs.", "You may only read."]);
  expect(edits.undoable).toBeNull();
});

test("who asked for an edit hears that it was taken back", async () => {
  answers = [done("e1", "renamed a to b"), done("u1", "")];
  const onundone = vi.fn();
  await perform(edit, { onundone });
  expect(onundone).not.toHaveBeenCalled();
  await undoEdit("e1", "renamed a to b");
  expect(onundone).toHaveBeenCalledOnce();
});

test("what somebody else did is taken back by its id", async () => {
  answers = [done("u", "")];
  await undoEdit("e7", "trashed c");
  expect(asked).toEqual([{ action: "undo", edit: "e7" }]);
  expect(texts()).toEqual(["Undone: trashed c"]);
});

test.each([
  ["the same", {}, 2],
  ["another", { view: { x: ["2"] } }, 1],
])("of a settings file that says %s where it is to be changed", async (_, other, times) => {
  const people = { match: "1", labels: [], filters: [], view: { x: ["1"] }, problem: null, media: [] };
  setRootSettings(people);
  answers = [
    conflict("", "2"),
    { status: 200, body: { people: { ...people, match: "2", ...other } } },
    done("e", "kept"),
  ];
  await editRoot(
    (match) => ({ action: "view", match, view: {} }),
    ({ view }) => JSON.stringify(view),
  );
  expect(asked.map((each) => "match" in each && each.match)).toEqual(["1", "2"].slice(0, times));
  expect(texts().some((text) => text.startsWith("Nothing was changed"))).toBe(times === 1);
});
