/** Whether whoever looks at the page may edit, and why not. */
import type { Editing, PageRoot } from "../api/messages";
import { outermost } from "../lib/ids";

let current = $state.raw<Editing>({ allowed: false, user: "", reason: "" });
/** Of roots that cannot be written although others can, by id. */
let unwritable = $state.raw<ReadonlyMap<string, string>>(new Map());

export const editing = {
  /** Whether anything can be changed. */
  get allowed(): boolean {
    return current.allowed;
  },
  /** Whether this experiment, or what else is called so in its root, can be. */
  allows(id: string): boolean {
    return current.allowed && !unwritable.has(outermost(id));
  },
  /** Whether an edit that was done, or something in the trash, can be taken back: it names its root in front. */
  allowsKey(key: string): boolean {
    return editing.allows(key.slice(0, Math.max(0, key.indexOf("/"))));
  },
  /** Why not, in words; "" if it can. */
  whyNot(id: string): string {
    return current.allowed ? (unwritable.get(outermost(id)) ?? "") : current.reason;
  },
  /** The name that edits carry; "" where nobody is told apart. */
  get user(): string {
    return current.user;
  },
  /** A sentence; "" if editing is allowed. */
  get reason(): string {
    return current.allowed ? "" : current.reason;
  },
};

export function setEditing(changed: Editing, roots: readonly PageRoot[] = []): void {
  current = changed;
  unwritable = new Map(
    roots.filter(({ unwritable: why }) => why !== "").map((root) => [root.id, root.unwritable]),
  );
}
