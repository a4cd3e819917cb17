import { expect, test } from "vitest";
import type { Board, BoardPanel } from "../../api/messages";
import { keysOf, operationsOf, withChange, withChanges, type Change, type PanelRef } from "./changes";

const chart = (index: number, label: string, more: Partial<BoardPanel> = {}): BoardPanel => ({
  type: "chart",
  index,
  labels: [label],
  ...more,
});
const boardOf = (...panels: BoardPanel[]): Board => ({ title: "Board", panels });
const [LOSS, ACC] = keysOf([chart(0, "loss"), chart(1, "acc")]).map((key, index): PanelRef => ({
  key,
  index,
  type: "chart",
})) as [PanelRef, PanelRef];

test("panels are told apart by id, else by what they show, wherever they are and whatever they are called", () => {
  const keys = keysOf([
    chart(0, "a"),
    chart(1, "a", { title: "T", at: [0, 0, 1, 1] }),
    chart(2, "b", { id: "mine" }),
  ]);
  expect(new Set(keys).size).toBe(3);
  expect(keys[2]).toBe("#mine");
  expect(keysOf([chart(5, "loss", { title: "other", at: [1, 1, 1, 1] })])).toEqual([LOSS.key]);
});

test("operations name panels by their places in the file, as they are after the ones before", () => {
  const changes: Change[] = [
    { does: "set panel", of: ACC, path: ["at"], value: [0, 0, 6, 4] },
    { does: "remove", of: LOSS },
    { does: "set panel", of: ACC, path: ["title"], value: undefined },
    { does: "insert", panel: { text: "hi" }, after: ACC },
    { does: "set board", path: ["filter"], value: "lr<1" },
  ];
  // The file's second panel could not be read: it has no panel here.
  expect(operationsOf(boardOf(chart(0, "loss"), chart(2, "acc")), changes)).toEqual({
    operations: [
      { operation: "set", path: ["panels", 2, "at"], value: [0, 0, 6, 4] },
      { operation: "remove", path: ["panels", 0] },
      { operation: "remove", path: ["panels", 1, "title"] },
      { operation: "insert", panel: { text: "hi" }, index: 2 },
      { operation: "set", path: ["filter"], value: "lr<1" },
    ],
    lost: [],
  });
});

test("after somebody else's change, each still finds its panel, wherever it is; what it was about may be gone", () => {
  const changes: Change[] = [
    { does: "set panel", of: ACC, path: ["at"], value: [0, 0, 6, 4] },
    { does: "set panel", of: LOSS, path: ["title"], value: "Loss" },
  ];
  const newer = boardOf({ type: "text", index: 0, text: "new" }, chart(1, "acc", { title: "theirs" }));
  expect(operationsOf(newer, changes)).toEqual({
    operations: [{ operation: "set", path: ["panels", 1, "at"], value: [0, 0, 6, 4] }],
    lost: [changes[1]],
  });
});

test("a panel that shows something else now is the one in its place", () => {
  const change: Change = { does: "set panel", of: ACC, path: ["at"], value: [0, 0, 6, 4] };
  const newer = boardOf(chart(0, "loss"), chart(1, "accuracy"));
  expect(operationsOf(newer, [change]).operations).toEqual([
    { operation: "set", path: ["panels", 1, "at"], value: [0, 0, 6, 4] },
  ]);
});

test("what is known at once is shown at once", () => {
  const board = boardOf(chart(0, "loss"), chart(1, "acc"));
  const shown = withChanges(board, [
    { does: "set panel", of: ACC, path: ["at"], value: [6, 0, 6, 4] },
    { does: "remove", of: LOSS },
    { does: "set board", path: ["title"], value: "Mine" },
    { does: "insert", panel: { text: "hi" }, after: null },
  ]);
  expect(shown).toEqual({ title: "Mine", panels: [chart(1, "acc", { at: [6, 0, 6, 4] })] });
});

test("of what follows each other about the same thing, the last is said", () => {
  const title = (value: string): Change => ({ does: "set panel", of: LOSS, path: ["title"], value });
  let changes = withChange([], title("L"));
  changes = withChange(changes, title("Lo"));
  expect(changes).toEqual([title("Lo")]);
  changes = withChange(changes, { does: "set board", path: ["title"], value: "B" });
  expect(withChange(changes, title("Loss"))).toHaveLength(3);
});
