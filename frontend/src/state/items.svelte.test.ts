import { flushSync } from "svelte";
import { expect, test, vi } from "vitest";
import type * as items from "../api/items";
import type { Item, ItemAddress } from "../api/messages";
import { setFeedState } from "./connection.svelte";
import { useItem, type ShownItem } from "./items.svelte";

interface Asked {
  items: ItemAddress[];
  answer: (items: (Item | null)[]) => void;
  fail: (error: Error) => void;
}

const asked = vi.hoisted((): Asked[] => []);
vi.mock("../api/items", async (original) => ({
  ...(await original<typeof items>()),
  fetchItems: (items: ItemAddress[]) => new Promise((answer, fail) => asked.push({ items, answer, fail })),
}));

const at = (step: number): ItemAddress => ({ experiment: "run", kind: "images", label: "bird", step });
const item = (step: number): Item => ({
  address: at(step),
  sequence: 1,
  files: [],
  content: null,
  picture: null,
  problem: null,
});

function show(address: () => ItemAddress | null): { shown: ShownItem; end: () => void } {
  let shown: ShownItem | undefined;
  const end = $effect.root(() => {
    shown = useItem("images", address);
  });
  flushSync();
  if (!shown) throw new Error("it was not made");
  return { shown, end };
}

test("steps that are passed while others are asked for are never asked for", async () => {
  let step = $state(0);
  const { shown, end } = show(() => at(step));
  for (let next = 1; next <= 20; next++) {
    step = next;
    flushSync();
    await Promise.resolve();
  }
  await vi.waitFor(() => expect(asked).toHaveLength(3));
  for (const { items, answer } of asked.splice(0)) answer(items.map(() => null));
  await vi.waitFor(() => expect(asked).toHaveLength(1));
  expect(asked[0]?.items).toEqual([at(20)]);
  asked.splice(0)[0]?.answer([item(20)]);
  await vi.waitFor(() => expect(shown.latest?.address.step).toBe(20));
  end();
});

test("what failed is asked for again when the server is back", async () => {
  const { shown, end } = show(() => at(100));
  await vi.waitFor(() => expect(asked).toHaveLength(1));
  asked.splice(0)[0]?.fail(new Error("gone"));
  await vi.waitFor(() => expect(shown.current.state).toBe("failed"));
  setFeedState("live", 0, "");
  await vi.waitFor(() => expect(asked).toHaveLength(1));
  asked.splice(0)[0]?.answer([item(100)]);
  await vi.waitFor(() => expect(shown.current.state).toBe("ready"));
  end();
});
