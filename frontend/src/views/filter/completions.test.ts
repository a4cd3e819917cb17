import { expect, test } from "vitest";
import { complete, completionsAt, type Vocabulary } from "./completions";

const VOCABULARY: Vocabulary = {
  fields: [
    { written: "lr", values: [] },
    {
      written: "opt",
      values: [
        { term: "opt=adamw", count: 4 },
        { term: 'opt="two words"', count: 2 },
        { term: "opt=lion", count: 1 },
      ],
    },
    { written: "status", values: [{ term: "status=crashed", count: 3 }] },
  ],
  labels: ["train/loss", "val/loss", "metrics/mAP50(B)"],
};

/** `|` is the caret. */
function offered(marked: string): string[] {
  const caret = marked.indexOf("|");
  return completionsAt(marked.replace("|", ""), caret, VOCABULARY).options.map(({ text }) => text);
}

/** The text and the caret after the first that is offered. */
function taken(marked: string): string {
  const caret = marked.indexOf("|");
  const text = marked.replace("|", "");
  const found = completionsAt(text, caret, VOCABULARY);
  const done = complete(text, found, found.options[0]!);
  return `${done.text.slice(0, done.caret)}|${done.text.slice(done.caret)}`;
}

test.each([
  ["l|", ["lr=", "last(", "folder="]],
  ["seed<3 -sta|", ["status=", "starred=", "started>"]],
  ["(op|", ["opt="]],
  ["mi|", ["min(", "commit="]],
])("names and functions: %s", (text, expected) => {
  expect(offered(text).slice(0, expected.length)).toEqual(expected);
});

test("values of a field, but for those that stand there", () => {
  expect(offered("opt=|")).toEqual(["adamw", '"two words"', "lion"]);
  expect(offered("opt=adamw,|")).toEqual(['"two words"', "lion"]);
  expect(offered("lr=1 opt!=li|")).toEqual(["lion"]);
  expect(offered("status=|")[0]).toBe("crashed");
  expect(offered("run.status=run|")).toEqual(["running"]);
  expect(offered('opt="two|')).toEqual(['"two words"']);
});

test("labels in functions", () => {
  expect(taken("min(val|")).toBe("min(val/loss)|");
  expect(taken("at(val| lr=1")).toBe("at(val/loss, | lr=1");
  expect(taken("min(val|)<3")).toBe("min(val/loss)|<3");
  expect(taken("max(met|")).toBe('max("metrics/mAP50(B)")|');
  expect(taken("has(op|")).toBe("has(opt)|");
});

test("nothing where nothing is known, in the middle of a word, or when it stands there", () => {
  for (const text of ["lr<|", "lr>=0|", "o|pt", "opt=lion|", "min(val/loss)|", "name~res|"]) {
    expect(offered(text)).toEqual([]);
  }
});

test("a completion takes the place of what was typed", () => {
  expect(taken("seed<3 op| lr=1")).toBe("seed<3 opt=| lr=1");
  expect(taken("-opt=adamw,li|")).toBe("-opt=adamw,lion|");
});
