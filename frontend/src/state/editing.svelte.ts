/** Whether whoever looks at the page may edit, and why not. */
import type { Editing } from "../api/messages";

let current = $state.raw<Editing>({ allowed: false, user: "", reason: "" });

export const editing = {
  get allowed(): boolean {
    return current.allowed;
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

export function setEditing(changed: Editing): void {
  current = changed;
}
