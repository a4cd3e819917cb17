/** The roots that are shown: how each is, and the files directly in it. */
import type { PageRoot, StoreHealth } from "../api/messages";
import { connection } from "./connection.svelte";

/** `reason`: why it is not read; "" if it is. `files`: how many files are directly in it, which belong to no experiment. `store`: null of a folder. */
export interface RootState {
  readonly root: PageRoot;
  readonly reason: string;
  readonly files: number;
  readonly store: StoreHealth | null;
}

/** In the order in which they were given at the start. */
export function rootStates(): RootState[] {
  const known = new Map(connection.health?.roots.map((each) => [each.name, each]));
  return connection.root.roots.map((root) => {
    const { reason = "", files = 0, store = null } = known.get(root.name) ?? {};
    return { root, reason, files, store };
  });
}

/** The root whose own files are asked for by this id, as of an experiment; undefined if there is none. */
export function rootAtHome(id: string): RootState | undefined {
  return id === "" ? undefined : rootStates().find(({ root }) => root.home === id);
}

/** What a root is called. */
export function nameOfRoot({ name }: PageRoot): string {
  return name || connection.root.name;
}
