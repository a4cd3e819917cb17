import { flushSync } from "svelte";
import { beforeEach, expect, test, vi } from "vitest";
import { experimentOf as experiment } from "./experiment.fixture";
import { replaceExperiments } from "./experiments.svelte";
import { names } from "./names.svelte";
import { filter, followFilter } from "./filter.svelte";

const A = "resnet50-imagenet-lr0.1-seed0-90ep";
const B = "resnet50-imagenet-lr0.2-seed0-90ep";

vi.mock("../api/root", async (original) => ({
  ...(await original<object>()),
  fetchFilter: () => Promise.resolve({ experiments: [B], groups: [], mistakes: [], notes: [], unread: 0 }),
}));

$effect.root(() => {
  $effect(followFilter);
});

beforeEach(() => {
  names.settings = [];
  filter.text = "";
  flushSync();
  replaceExperiments([
    experiment(A, { config: { lr: 0.1, model: { depth: 18 } } }),
    experiment(B, { config: { lr: 0.2, model: { depth: 18 } } }),
    experiment("resnet50-imagenet-lr0.3-seed0-90ep", { title: "resnet50-imagenet-a title" }),
  ]);
});

test("a name is without what all in the list share, a title is whole", () => {
  expect(names.short(A)).toBe("lr0.1");
  expect(names.short("resnet50-imagenet-lr0.3-seed0-90ep")).toBe("resnet50-imagenet-a title");
});

test("what is listed decides: one alone has its whole name", async () => {
  filter.text = "lr=0.2";
  flushSync();
  await vi.waitFor(() => expect(filter.letThrough).toEqual(new Set([B])));
  expect(names.short(B)).toBe(B);
});

test("chosen settings serve as the name where there are any", () => {
  names.settings = ["model.depth", "lr"];
  expect(names.short(A)).toBe("depth=18 lr=0.1");
  expect(names.short("resnet50-imagenet-lr0.3-seed0-90ep")).toBe("resnet50-imagenet-a title");
});

test("who is not in the root has the name of its id", () => {
  expect(names.short("gone%20one")).toBe("gone one");
});
