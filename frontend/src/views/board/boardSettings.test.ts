import { expect, test } from "vitest";
import type { Board, BoardPanel } from "../../api/messages";
import { bothFilters, settingsOf, templateGroups } from "./boardSettings";

const panel = (said: Partial<BoardPanel>): BoardPanel => ({ type: "chart", index: 0, ...said });

test("a panel's own word counts, else the board's", () => {
  const board: Board = { smoothing: 0.6, log_y: true, band: "range", filter: "tag=a" };
  expect(settingsOf(board, panel({ smoothing: 0, filter: "lr<1 or lr>2" }))).toEqual({
    smoothing: 0,
    log_y: true,
    band: "range",
    filter: "(tag=a) (lr<1 or lr>2)",
  });
});

test("an axis or a grouping is taken as a whole", () => {
  const board: Board = { x_label: "epoch", group_by: ["lr"], group_pattern: "a(.)" };
  expect(settingsOf(board, panel({ x: "wall", group_by: [] }))).toEqual({
    x: "wall",
    group_by: [],
    filter: "",
  });
  expect(settingsOf(board, panel({}))).toEqual({ ...board, filter: "" });
});

test("a filter alone needs no parentheses", () => {
  expect(bothFilters("", " a or b ")).toBe("a or b");
  expect(bothFilters("a", "")).toBe("a");
});

test("a template has a panel for each text that it captures", () => {
  const labels = ["train/loss", "val/loss", "train/acc", "lr"];
  expect(templateGroups("^(?:train|val)/(.*)", labels)).toEqual([
    { text: "loss", labels: ["train/loss", "val/loss"] },
    { text: "acc", labels: ["train/acc"] },
  ]);
  expect(templateGroups("loss", labels)).toEqual([
    { text: "train/loss", labels: ["train/loss"] },
    { text: "val/loss", labels: ["val/loss"] },
  ]);
  expect(templateGroups("(", labels)).toMatch(/group/i);
});
