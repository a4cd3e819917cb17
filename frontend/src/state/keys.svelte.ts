/** Keys of the page. Whoever wants one says what it does, for the list under `?`. */
import { untrack } from "svelte";

export interface Shortcut {
  /** As in KeyboardEvent.key: "j", "ArrowLeft", "?". */
  key: string;
  does: string;
  /** Absent: what has the focus answers to the key by itself; it is only listed. */
  run?: () => void;
}

interface Group {
  title: string;
  shortcuts: readonly Shortcut[];
  inDialog: boolean;
}

let groups = $state.raw<readonly Group[]>([]);

/**
 * For effects: `$effect(() => useKeys("Images", [...]))`. Of two that want the same key the later one has it. While a
 * dialog is open, only keys that belong to it (`inDialog`) do something.
 */
export function useKeys(
  title: string,
  shortcuts: readonly Shortcut[],
  { inDialog = false }: { inDialog?: boolean } = {},
): () => void {
  const group = { title, shortcuts, inDialog };
  untrack(() => (groups = [...groups, group]));
  return () => (groups = groups.filter((other) => other !== group));
}

export function allShortcuts(): readonly Group[] {
  return groups;
}

addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isMeantFor(event)) return;
  const dialogOpen = document.querySelector("dialog[open]") !== null;
  const shortcut = groups
    .filter(({ inDialog }) => inDialog || !dialogOpen)
    .flatMap(({ shortcuts }) => shortcuts)
    .findLast(({ key, run }) => run && key === event.key);
  if (!shortcut?.run) return;
  event.preventDefault();
  shortcut.run();
});

/** Whether the focused element makes something of the key: fields of letters and arrows, buttons of the space bar. */
function isMeantFor({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof Element)) return false;
  const presses = key === " " || key === "Enter";
  return target.closest(`input, select, textarea, [contenteditable]${presses ? ", button, a" : ""}`) !== null;
}
