import { describe, expect, test } from "vitest";
import { NOTHING_SHARED, sharedBy, shortened, shorteningOf, shortName } from "./shortNames";

const shortOf = (...names: string[]) => {
  const shared = sharedBy(names);
  return names.map((name) => shortened(name, shared));
};

test("what all begin and end with is left out", () => {
  expect(shortOf("resnet50-imagenet-lr0.01-adam-90ep", "resnet50-imagenet-lr0.1-lion-90ep")).toEqual([
    "lr0.01-adam",
    "lr0.1-lion",
  ]);
});

describe("nothing is cut inside of a word or a number", () => {
  test.each([
    [
      ["a-rather-long-name-adam", "a-rather-long-name-adagrad"],
      ["adam", "adagrad"],
    ],
    [
      ["a-rather-long-name-lr0.001", "a-rather-long-name-lr0.002"],
      ["lr0.001", "lr0.002"],
    ],
    [
      ["a-rather-long-name-lr1e-4", "a-rather-long-name-lr1e-3"],
      ["lr1e-4", "lr1e-3"],
    ],
    [
      ["long-one-x0.5.a-very-long-end", "long-one-x0.7.a-very-long-end"],
      ["x0.5", "x0.7"],
    ],
    [
      ["a-rather-long-name-lr=0.1", "a-rather-long-name-lr=0.2"],
      ["lr=0.1", "lr=0.2"],
    ],
    [
      ["folder/of/runs/of-monday/🚗", "folder/of/runs/of-monday/🚕"],
      ["🚗", "🚕"],
    ],
  ])("%j", (names, short) => {
    expect(shortOf(...names)).toEqual(short);
  });
});

test("the word before a number stays, and the day before a time does not", () => {
  expect(shortOf("resnet50-imagenet-seed-1", "resnet50-imagenet-seed-2")).toEqual(["seed-1", "seed-2"]);
  expect(shortOf("2026-03-01_12-00-01_node", "2026-03-01_13-00-02_node")).toEqual(["12-00-01", "13-00-02"]);
});

test("something is left of each", () => {
  expect(shortOf("a-long-experiment-name", "a-long-experiment-name-b")).toEqual(["name", "name-b"]);
  expect(shortOf("a-long-experiment-x-y", "a-long-experiment-y")).toEqual(["x-y", "y"]);
  expect(shortOf("an-experiment--and-more", "an-experiment-1-and-more")).not.toContain("");
  expect(shortOf("an-experiment-twice-the-same", "an-experiment-twice-the-same")).not.toContain("");
});

test("short names and a single one stay whole", () => {
  expect(shortOf("run-1", "run-2")).toEqual(["run-1", "run-2"]);
  expect(sharedBy(["a-name-that-is-quite-long"])).toBe(NOTHING_SHARED);
  expect(sharedBy([])).toBe(NOTHING_SHARED);
});

test("a name that does not share it stays whole", () => {
  expect(shortened("other", { prefix: "long-", suffix: "-end" })).toBe("other");
  expect(shortened("long-end", { prefix: "long-", suffix: "-end" })).toBe("long-end");
});

test("ten thousand names have what they share left out", () => {
  const names = Array.from(
    { length: 10_000 },
    (_, index) => `${"same-".repeat(10)}lr${index}-${"same-".repeat(4)}end`,
  );
  const shared = sharedBy(names);
  expect(new Set(names.map((name) => shortened(name, shared))).size).toBe(10_000);
  expect(shortened(names[7]!, shared)).toBe("lr7");
});

describe("a sweep beside others is shortened by what it shares alone", () => {
  const besideEachOther = (...names: string[]) => {
    const shortening = shorteningOf(names);
    return names.map((name) => shortName(name, shortening));
  };

  test("beside single experiments", () => {
    expect(
      besideEachOther("resnet50-imagenet-lr0.1-cosine", "resnet50-imagenet-lr0.2-cosine", "baseline"),
    ).toEqual(["lr0.1", "lr0.2", "baseline"]);
  });

  test("beside another sweep, what tells the two apart stays", () => {
    expect(
      besideEachOther(
        "resnet50-imagenet-lr0.1-cosine",
        "resnet50-imagenet-lr0.2-cosine",
        "vit-imagenet-large-lr0.1",
        "vit-imagenet-large-lr0.2",
      ),
    ).toEqual(["resnet50-…lr0.1", "resnet50-…lr0.2", "vit-…lr0.1", "vit-…lr0.2"]);
  });

  test("in folders", () => {
    expect(
      besideEachOther(
        "search/resnet50-imagenet-lr0.1-cosine",
        "search/resnet50-imagenet-lr0.2-cosine",
        "final/resnet50-imagenet-lr0.1-cosine",
        "final/resnet50-imagenet-lr0.2-cosine",
        "alone",
      ),
    ).toEqual(["search/…lr0.1", "search/…lr0.2", "final/…lr0.1", "final/…lr0.2", "alone"]);
  });

  test("what would be the same as another name is not", () => {
    expect(
      besideEachOther("resnet50-imagenet-lr0.1-cosine", "resnet50-imagenet-lr0.2-cosine", "lr0.1"),
    ).toEqual(["resnet50-…lr0.1", "resnet50-…lr0.2", "lr0.1"]);
  });
});
