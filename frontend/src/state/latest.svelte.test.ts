import { flushSync } from "svelte";
import { expect, test } from "vitest";
import { setFeedState } from "./connection.svelte";
import { useLatest, type Latest } from "./latest.svelte";

interface Asked {
  wanted: string;
  signal: AbortSignal;
  answer: (answer: string) => void;
  fail: (error: Error) => void;
}

function world() {
  let wanted = $state<string | null>("first");
  const asked: Asked[] = [];
  let latest: Latest<string> | undefined;
  const end = $effect.root(() => {
    latest = useLatest(
      () => wanted,
      (wanted, signal) => new Promise<string>((answer, fail) => asked.push({ wanted, signal, answer, fail })),
    );
  });
  flushSync();
  const want = (word: string | null) => {
    wanted = word;
    flushSync();
  };
  const settled = async () => {
    await Promise.resolve();
    await Promise.resolve();
  };
  return { latest: latest!, asked, want, settled, end };
}

test("an answer that nobody wants any more is dropped", async () => {
  const { latest, asked, want, settled, end } = world();
  want("second");
  expect(asked.map(({ wanted, signal }) => [wanted, signal.aborted])).toEqual([
    ["first", true],
    ["second", false],
  ]);
  asked[1]?.answer("two");
  asked[0]?.answer("one");
  await settled();
  expect(latest.answer).toBe("two");
  end();
});

test("the last answer stays when the next request fails, and an answer ends the error", async () => {
  const { latest, asked, want, settled, end } = world();
  asked[0]?.answer("one");
  await settled();
  want("second");
  expect(latest.answer).toBe("one");
  asked[1]?.fail(new Error("gone"));
  await settled();
  expect([latest.answer, latest.error?.message]).toEqual(["one", "gone"]);
  want("third");
  asked[2]?.answer("three");
  await settled();
  expect([latest.answer, latest.error]).toEqual(["three", null]);
  end();
});

test("where nothing is wanted there is no answer and no error", async () => {
  const { latest, asked, want, settled, end } = world();
  asked[0]?.fail(new Error("gone"));
  await settled();
  want(null);
  expect([latest.answer, latest.error]).toEqual([null, null]);
  end();
});

test("what failed is asked for again once the server answers again", async () => {
  const { latest, asked, settled, end } = world();
  asked[0]?.fail(new Error("no answer"));
  await settled();
  expect(latest.error?.message).toBe("no answer");
  setFeedState("reconnecting", 1, "");
  setFeedState("live", 0, "");
  flushSync();
  expect(asked.map(({ wanted }) => wanted)).toEqual(["first", "first"]);
  asked[1]?.answer("one");
  await settled();
  expect([latest.answer, latest.error]).toEqual(["one", null]);
  setFeedState("reconnecting", 1, "");
  setFeedState("live", 0, "");
  flushSync();
  expect(asked).toHaveLength(2);
  end();
});
