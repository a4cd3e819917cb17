import { expect, test } from "vitest";
import { examplesOf } from "./examples";

test("examples are of what is here", () => {
  expect(examplesOf({ fields: [], labels: [] })).toEqual([
    "lr=0.01",
    "-status=crashed started>-7d",
    "min(val/loss)<0.3",
  ]);
  const values = ["a", "b"].map((value) => ({ term: `opt=${value}`, count: 1 }));
  const fields = [
    { written: "status", values: [{ term: "status=crashed", count: 1 }] },
    { written: "opt", values },
  ];
  expect(examplesOf({ fields, labels: ["acc", "loss (train)"] })).toEqual([
    "opt=a",
    "-status=crashed started>-7d",
    'min("loss (train)")<0.3',
  ]);
});
