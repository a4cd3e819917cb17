import { expect, test } from "vitest";
import { folderOf, headedFolders, isHead, isIn, meantBy, outerFolders, underHeads } from "./runFolders";

const rows = (...ids: string[]) => ids.map((id) => ({ id }));
const shown = (list: ReturnType<typeof underHeads<{ id: string }>>) =>
  list.map((row) => (isHead(row) ? `${row.folded ? "+" : "-"} ${row.folder} ${row.members.length}` : row.id));

test("folders are read from ids", () => {
  expect([folderOf("a"), folderOf("a%2Fb"), folderOf("a%2Fb%2Fc")]).toEqual(["", "a", "a%2Fb"]);
  expect(outerFolders("a%2Fb%2Fc")).toEqual(["a%2Fb", "a"]);
  expect([isIn("a%2Fb%2Fc", "a"), isIn("ab%2Fc", "a"), isIn("a", "a")]).toEqual([true, false, false]);
});

test("a folder with several runs has a head, one with a single run has none", () => {
  const all = rows("a", "s%2F1", "s%2F2", "w%2Fx%2Fonly");
  expect([...headedFolders(all)]).toEqual(["s"]);
  expect(shown(underHeads(all, headedFolders(all), () => false))).toEqual([
    "a",
    "- s 2",
    "s%2F1",
    "s%2F2",
    "w%2Fx%2Fonly",
  ]);
});

test("those of a folder stand together where the first of them stands", () => {
  const headed = new Set(["s", "t"]);
  const list = rows("t%2F1", "a", "s%2F2", "t%2F2", "b", "s%2F1");
  expect(shown(underHeads(list, headed, () => false))).toEqual([
    "- t 2",
    "t%2F1",
    "t%2F2",
    "a",
    "- s 2",
    "s%2F2",
    "s%2F1",
    "b",
  ]);
});

test("of a folded folder only the head is left, also where a filter leaves one run", () => {
  const list = rows("s%2F1", "t%2F1");
  expect(shown(underHeads(list, new Set(["s", "t"]), (folder) => folder === "s"))).toEqual([
    "+ s 1",
    "- t 1",
    "t%2F1",
  ]);
});

test("a folder that is listed because notes lie in it stands once, as the head of its runs", () => {
  const headed = new Set(["s"]);
  const list = rows("a", "s", "s%2F1", "s%2F2");
  const shownRows = underHeads(list, headed, () => false);
  expect(shown(shownRows)).toEqual(["a", "- s 2", "s%2F1", "s%2F2"]);
  const head = shownRows.find((row) => isHead(row));
  expect(head && meantBy(head).map(({ id }) => id)).toEqual(["s", "s%2F1", "s%2F2"]);
  // Where a filter leaves none of its runs, it is what is left.
  expect(shown(underHeads(rows("a", "s"), headed, () => false))).toEqual(["a", "s"]);
});

test("what ran in a folder of runs is a run like others", () => {
  const signs = [
    { details: false },
    { status: "finished" },
    { sessions: [{}] },
    { kinds: ["scalars"] },
    { source: "TensorBoard" },
  ];
  for (const sign of signs) {
    const list = [{ id: "s", ...sign }, ...rows("s%2F1", "s%2F2")];
    expect(shown(underHeads(list, new Set(["s"]), () => false))).toEqual(["s", "- s 2", "s%2F1", "s%2F2"]);
  }
});
