/** Keys of the page. Whoever wants one says what it does, for the list under `?`. */
import { untrack } from "svelte";

export interface Shortcut {
  /** As in KeyboardEvent.key: "j", "ArrowLeft", "?". */
  key: string;
  does: string;
  run: () => void;
}

let groups = $state.raw<readonly { title: string; shortcuts: readonly Shortcut[] }[]>([]);

/** For effects: `$effect(() => useKeys("Images", [...]))`. Of two that want the same key the later one has it. */
export function useKeys(title: string, shortcuts: readonly Shortcut[]): () => void {
  const group = { title, shortcuts };
  untrack(() => (groups = [...groups, group]));
  return () => (groups = groups.filter((other) => other !== group));
}

export function allShortcuts(): typeof groups {
  return groups;
}

addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target))
    return;
  const shortcut = groups.flatMap((group) => group.shortcuts).findLast(({ key }) => key === event.key);
  if (!shortcut) return;
  event.preventDefault();
  shortcut.run();
});

/** Keys mean letters in a field; arrows move sliders, choices and what scrolls; a dialog has keys of its own. */
function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("input, select, textarea, [contenteditable]") !== null;
}
