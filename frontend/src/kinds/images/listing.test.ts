import { expect, test } from "vitest";
import type { LabelInfo } from "../../state/catalogues.svelte";
import { arrange, stepsOf, type Section } from "./listing";

const INFO: Record<string, LabelInfo> = {
  "one street/noon": { steps: [[0, 3, 10]], hasGlobal: false },
  "two street/noon": { steps: [[0, 2, 20]], hasGlobal: true },
  "one cover": { steps: [], hasGlobal: true },
};
const info = (experiment: string, label: string) =>
  INFO[`${experiment} ${label}`] ?? { steps: [], hasGlobal: false };
const ROWS = [
  { label: "street/noon", experiments: ["one", "two"] },
  { label: "cover", experiments: ["one"] },
];

/** Each block as its key and its tiles: "experiment label@step". */
const drawn = (sections: Section[]) =>
  sections.map(({ folder, blocks }) => ({
    folder,
    blocks: Object.fromEntries(
      blocks.map(({ key, count, tile }) => [
        key,
        Array.from({ length: count }, (_, index) => tile(index)).map(
          ({ experiment, label, step }) => `${experiment} ${label}@${step ?? "-"}`,
        ),
      ]),
    ),
  }));

test("a label stands with its experiments, under its folder", () => {
  const sections = arrange(ROWS, ["one", "two"], info, { by: "label", allSteps: false });
  expect(drawn(sections)).toEqual([
    { folder: "", blocks: { "/cover": ["one cover@-"] } },
    {
      folder: "street",
      blocks: {
        "/street/noon": ["one street/noon@chosen", "two street/noon@chosen", "two street/noon@-"],
      },
    },
  ]);
});

test("an experiment stands with its labels", () => {
  const sections = arrange(ROWS, ["two", "one"], info, { by: "experiment", allSteps: false });
  expect(drawn(sections)).toEqual([
    {
      folder: null,
      blocks: {
        "two/": ["two street/noon@chosen", "two street/noon@-"],
        "one/": ["one cover@-", "one street/noon@chosen"],
      },
    },
  ]);
});

test("of a single experiment the labels of a folder share a block", () => {
  const rows = [...ROWS, { label: "street/dusk", experiments: ["one"] }].map((row) => ({
    ...row,
    experiments: ["one"],
  }));
  const sections = arrange(rows, ["one"], () => ({ steps: [[1, 1, 1]], hasGlobal: false }), {
    by: "label",
    allSteps: false,
  });
  expect(drawn(sections)[1]).toEqual({
    folder: "street",
    blocks: { "one/street": ["one street/dusk@chosen", "one street/noon@chosen"] },
  });
});

test("labels of a folder that only one of the experiments has share a block, too", () => {
  const rows = ["batch/000", "batch/001", "cover", "title"].map((label) => ({ label, experiments: ["one"] }));
  const sections = arrange(
    [...rows, { label: "street/noon", experiments: ["one", "two"] }],
    ["one", "two"],
    () => ({ steps: [], hasGlobal: true }),
    { by: "label", allSteps: false },
  );
  expect(drawn(sections).map(({ folder, blocks }) => [folder, Object.keys(blocks)])).toEqual([
    ["", ["/cover", "/title"]],
    ["batch", ["one/batch"]],
    ["street", ["/street/noon"]],
  ]);
});

test("all steps are tiles of their own, in a block for each label and experiment", () => {
  const sections = arrange(ROWS, ["one", "two"], info, { by: "label", allSteps: true });
  expect(drawn(sections)[1]?.blocks).toEqual({
    "one/street/noon": ["one street/noon@0", "one street/noon@10", "one street/noon@20"],
    "two/street/noon": ["two street/noon@-", "two street/noon@0", "two street/noon@20"],
  });
});

test("the steps of a block and of the page are those of all their tiles", () => {
  const sections = arrange(ROWS, ["one", "two"], info, { by: "label", allSteps: false });
  expect(sections[1]?.blocks[0]?.steps()).toEqual([[0, 3, 10]]);
  expect(stepsOf(ROWS, info)).toEqual([[0, 3, 10]]);
});
