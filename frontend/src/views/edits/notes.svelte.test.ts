import { beforeEach, expect, test, vi } from "vitest";
import { hasUnsavedNotes, Notes } from "./notes.svelte";

/** The file, as a server has it. */
let file = { text: "first\n", match: "1" };

beforeEach(() => {
  file = { text: "first\n", match: "1" };
  vi.stubGlobal("fetch", (_: URL, { body }: { body?: string }) => {
    if (!body) return Promise.resolve(Response.json({ ...file, html: "" }));
    const { target, text } = (
      JSON.parse(body) as { edit: { target: { match: string; experiment: string }; text: string } }
    ).edit;
    const answer = { id: "", what: "", match: "", refused: [] as object[], files: 0, size_bytes: 0 };
    if (target.match !== file.match) {
      const conflict = { ...file, by: "anna", time: 1 };
      answer.refused.push({ target: target.experiment, reason: "changed", conflict });
      return Promise.resolve(Response.json(answer, { status: 409 }));
    }
    file = { text, match: `${Number(file.match) + 1}` };
    return Promise.resolve(Response.json({ ...answer, id: "e", what: "wrote", match: file.match }));
  });
});

async function opened(text?: string, experiment = "a"): Promise<Notes> {
  const notes = new Notes(experiment);
  await notes.look();
  if (text !== undefined) notes.text = text;
  return notes;
}

test("what is written is saved with what was seen", async () => {
  const notes = await opened("mine\n");
  expect(notes.isChanged).toBe(true);
  expect(await notes.save()).toBe(true);
  expect(file.text).toBe("mine\n");
  expect(notes.isChanged).toBe(false);
  notes.text = "again\n";
  expect(await notes.save()).toBe(true);
});

test("what is not saved is there again when the notes are opened again", async () => {
  const notes = await opened("mine\n");
  expect(hasUnsavedNotes()).toBe(true);
  expect((await opened()).text).toBe("mine\n");
  notes.discard();
  expect(hasUnsavedNotes()).toBe(false);
  expect((await opened()).text).toBe("first\n");
});

test("another state is a conflict: mine is kept over theirs", async () => {
  const notes = await opened("mine\n");
  file = { text: "theirs\n", match: "7" };
  expect(await notes.save()).toBe(false);
  expect(notes.conflict).toMatchObject({ text: "theirs\n", by: "anna" });
  expect(await notes.save()).toBe(true);
  expect(file.text).toBe("mine\n");
  expect(notes.conflict).toBeNull();
});

test("theirs is taken, and mine can be brought back", async () => {
  const notes = await opened("mine\n");
  file = { text: "theirs\n", match: "7" };
  await notes.look();
  expect(notes.conflict?.text).toBe("theirs\n");
  notes.takeTheirs();
  expect([notes.text, notes.isChanged, notes.conflict]).toEqual(["theirs\n", false, null]);
  notes.backToMine();
  expect([notes.text, notes.isChanged]).toEqual(["mine\n", true]);
  expect(await notes.save()).toBe(true);
});

test("what others write is shown at once where nothing was changed", async () => {
  const notes = await opened();
  file = { text: "theirs\n", match: "7" };
  await notes.look();
  expect([notes.text, notes.conflict]).toEqual(["theirs\n", null]);
});

test("what gives way to another text without being saved can be had again", async () => {
  const notes = await opened("mine, at first\n", "b");
  file = { text: "theirs\n", match: "7" };
  await notes.look();
  notes.takeTheirs();
  notes.text = "theirs and mine\n";
  file = { text: "theirs again\n", match: "8" };
  await notes.look();
  notes.takeTheirs();
  expect(notes.aside.map(({ text }) => text)).toEqual(["theirs and mine\n", "mine, at first\n"]);
  notes.putBack("first\n");
  expect([notes.text, notes.isChanged]).toEqual(["first\n", true]);
  expect(await notes.save()).toBe(true);
  expect(file.text).toBe("first\n");
  // Saved or not, and also when they are opened again.
  expect((await opened(undefined, "b")).aside).toHaveLength(2);
});
