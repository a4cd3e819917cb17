import { describe, expect, test } from "vitest";
import type { BoardPanel, WindowInfo } from "../../api/messages";
import { environmentItems } from "./windows.fixture";
import { filtered, panelsOf, windowsOf } from "./windows";

const info = (label: string, title = ""): WindowInfo => ({ label, id: label, type: "plot", title });

describe("windows", () => {
  test("of one environment stand in the order of its script, under its titles, before what it does not know", () => {
    const env = environmentItems(
      "a",
      ["plots late", "plots early", "texts other"],
      [info("early", "E"), info("late")],
    );
    expect(windowsOf([env]).map(({ title, kind }) => [title, kind])).toEqual([
      ["E", "plots"],
      ["late", "plots"],
      ["other", "texts"],
    ]);
  });

  test("of several environments are one where kind and title are the same", () => {
    const a = environmentItems(
      "a",
      ["plots x1", "images x1", "plots x2"],
      [info("x1", "Loss"), info("x2", "Loss")],
    );
    const b = environmentItems("b", ["plots y"], [info("y", "Loss")]);
    const found = windowsOf([a, b]).map(({ kind, title, members }) => [
      kind,
      title,
      members.map(({ experiment, label }) => `${experiment}/${label}`),
    ]);
    expect(found).toEqual([
      ["plots", "Loss", ["a/x1", "b/y"]],
      ["images", "Loss", ["a/x1"]],
      ["plots", "Loss", ["a/x2"]],
    ]);
  });

  test("find their panels by what they show, and in a view of another environment by their title", () => {
    const env = environmentItems(
      "a",
      ["plots p1", "plots p2", "scalars s"],
      [info("p1", "Loss"), info("p2", "p1")],
    );
    const panels: BoardPanel[] = [
      { type: "item", kind: "plots", labels: ["p1"], index: 0 },
      { type: "item", kind: "plots", labels: ["gone"], title: "p1", index: 1 },
      { type: "chart", labels: ["s"], index: 2 },
      { type: "text", text: "note", index: 3 },
    ];
    const keyed = panels.map((panel) => ({ key: String(panel.index), panel }));
    expect(panelsOf(windowsOf([env]), keyed).map((found) => found?.key)).toEqual(["0", "1", "2"]);
  });

  test.each(["[", "*", "\\"])("a filter %s that means nothing is said", (pattern) => {
    expect(filtered([], pattern)).toBeTypeOf("string");
  });

  test("are filtered by their titles", () => {
    const found = windowsOf([environmentItems("a", ["plots train/loss", "plots val"], [])]);
    expect(filtered(found, "^TRAIN")).toHaveLength(1);
    expect(filtered(found, "")).toBe(found);
  });
});
