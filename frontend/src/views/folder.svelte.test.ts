import { flushSync } from "svelte";
import { expect, test, vi } from "vitest";
import type * as files from "../api/files";
import type { FolderEntry } from "../api/messages";
import { useFolder, type Folder } from "./folder.svelte";
import type { FolderPlace } from "./folderRows";

interface Asked {
  path: string;
  answer: (folder: { entries: FolderEntry[] }) => void;
  fail: (error: Error) => void;
}

const asked = vi.hoisted((): Asked[] => []);
vi.mock("../api/files", async (original) => ({
  ...(await original<typeof files>()),
  fetchFolder: (_: string, path: string) => new Promise((answer, fail) => asked.push({ path, answer, fail })),
}));

function world() {
  asked.length = 0;
  let place = $state.raw<FolderPlace | null>({ experiment: "run", path: "a" });
  let folder: Folder | undefined;
  const end = $effect.root(() => {
    folder = useFolder(() => place);
  });
  flushSync();
  const go = (to: FolderPlace | null) => {
    place = to;
    flushSync();
  };
  return { folder: folder!, go, end };
}

test("what is known of a folder stays while it is loaded again", async () => {
  const { folder, end } = world();
  expect(folder.loaded.state).toBe("loading");
  asked[0]?.answer({ entries: [] });
  await vi.waitFor(() => expect(folder.loaded).toEqual({ state: "ready", value: [] }));
  folder.reload();
  flushSync();
  expect([asked.length, folder.loaded.state]).toEqual([2, "ready"]);
  asked[1]?.fail(new Error("gone"));
  await vi.waitFor(() =>
    expect(folder.loaded).toMatchObject({ state: "failed", error: { message: "gone" } }),
  );
  end();
});

test("neither what is in a folder nor its failure is said of the next one", async () => {
  const { folder, go, end } = world();
  asked[0]?.answer({ entries: [] });
  await vi.waitFor(() => expect(folder.loaded.state).toBe("ready"));
  go({ experiment: "run", path: "b" });
  expect(folder.loaded.state).toBe("loading");
  asked[1]?.fail(new Error("gone"));
  await vi.waitFor(() => expect(folder.loaded.state).toBe("failed"));
  go({ experiment: "run", path: "c" });
  expect([asked.map(({ path }) => path), folder.loaded.state]).toEqual([["a", "b", "c"], "loading"]);
  end();
});

test("at the root nothing is loaded", () => {
  const { go, folder, end } = world();
  go(null);
  folder.reload();
  flushSync();
  expect(asked).toHaveLength(1);
  end();
});
