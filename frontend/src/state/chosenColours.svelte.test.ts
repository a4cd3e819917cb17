import { beforeEach, expect, test, vi } from "vitest";
import type { Edit } from "../api/messages";
import { chooseColour } from "./chosenColours";
import { chosenColourOf } from "./colours.svelte";
import { setEditing } from "./editing.svelte";
import { experimentOf } from "./experiment.fixture";
import { replaceExperiments } from "./experiments.svelte";

const sent: Edit[] = [];

vi.mock("../api/edits", async (original) => ({
  ...(await original<object>()),
  sendEdit: (edit: Edit) => {
    sent.push(edit);
    return Promise.resolve({ id: "1", what: "coloured a", match: "", refused: [] });
  },
}));

beforeEach(() => {
  sent.length = 0;
  replaceExperiments([experimentOf("a", { marks: "m" })]);
});

test("where edits are allowed a colour is a mark, and nothing is kept in this browser", async () => {
  setEditing({ allowed: false, user: "", reason: "" });
  await chooseColour("a", "#123456");
  expect(chosenColourOf("a")).toBe("#123456");
  setEditing({ allowed: true, user: "", reason: "" });
  for (const colour of [0, "#abcdef", undefined]) await chooseColour("a", colour);
  expect(sent.map((edit) => "colour" in edit && edit.colour)).toEqual(["blue", "#abcdef", ""]);
  expect(sent[0]).toMatchObject({ action: "mark", targets: [{ experiment: "a", match: "m" }], title: null });
  expect(chosenColourOf("a")).toBeUndefined();
});

test("where they are not, it is kept in this browser, and nothing is sent", async () => {
  setEditing({ allowed: false, user: "", reason: "" });
  await chooseColour("a", 3);
  expect(chosenColourOf("a")).toBe(3);
  await chooseColour("a", undefined);
  expect(chosenColourOf("a")).toBeUndefined();
  expect(sent).toEqual([]);
});
