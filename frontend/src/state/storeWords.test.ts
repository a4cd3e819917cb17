import { expect, test } from "vitest";

import { storeWords } from "./storeWords";

const STORE = {
  interval_s: 5,
  listed: 0,
  unreachable_since: 0,
  reason: "",
  objects: 120,
  requests: 14,
  most_requests: 1200,
};

test("a store that answers", () => {
  expect(storeWords(STORE)).toBe("listed every 5 s, 14 of at most 1200 requests a minute, 120 objects");
});

test("a store that does not answer, without a limit", () => {
  const words = storeWords({ ...STORE, unreachable_since: 1_790_000_000, most_requests: 0 });
  expect(words).toMatch(/^unreachable since .*, 14 requests a minute, 120 objects$/);
});
