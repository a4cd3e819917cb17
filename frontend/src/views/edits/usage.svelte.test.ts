import { expect, test } from "vitest";
import { total } from "./usage.svelte";

const kind = (name: string, size_bytes: number, steps: number) => ({
  kind: name,
  files: 1,
  size_bytes,
  steps,
});

test("several together: sizes and files are sums, steps those of the one with most", () => {
  const usages = [
    {
      experiment: "a",
      files: 2,
      size_bytes: 30,
      is_partial: false,
      kinds: [kind("images", 20, 5), kind("logs", 10, 0)],
    },
    { experiment: "b", files: 1, size_bytes: 15, is_partial: false, kinds: [kind("logs", 15, 3)] },
  ];
  expect(total(usages)).toEqual({
    files: 3,
    size_bytes: 45,
    kinds: [
      { kind: "logs", files: 2, size_bytes: 25, steps: 3 },
      { kind: "images", files: 1, size_bytes: 20, steps: 5 },
    ],
  });
});
