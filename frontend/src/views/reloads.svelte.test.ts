import { flushSync } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { useReloads, type Reloads } from "./reloads.svelte";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function world() {
  let subject = $state("first");
  const heard = new Map<string, () => void>();
  let reloads: Reloads | undefined;
  const end = $effect.root(() => {
    reloads = useReloads(100, (reload) => {
      const now = subject;
      heard.set(now, reload);
      return [() => heard.delete(now)];
    });
  });
  flushSync();
  const follow = (next: string) => {
    subject = next;
    flushSync();
  };
  return { reloads: reloads!, heard, follow, end };
}

test("many changes in the pause are two reloads", () => {
  const { reloads, heard, end } = world();
  for (let change = 0; change < 5; change++) heard.get("first")?.();
  expect(reloads.count).toBe(1);
  vi.advanceTimersByTime(1000);
  expect(reloads.count).toBe(2);
  end();
});

test("who asks for it does not wait", () => {
  const { reloads, heard, end } = world();
  heard.get("first")?.();
  reloads.now();
  expect(reloads.count).toBe(2);
  end();
});

test("what was listened to ends with what it was for", () => {
  const { reloads, heard, follow, end } = world();
  heard.get("first")?.();
  heard.get("first")?.();
  follow("second");
  expect([...heard.keys()]).toEqual(["second"]);
  vi.advanceTimersByTime(1000);
  expect(reloads.count).toBe(1);
  end();
  expect(heard.size).toBe(0);
});
