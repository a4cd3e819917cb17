/** Keys of the page. Whoever wants one says what it does, for the list under `?`. */
export interface Shortcut {
  /** As in KeyboardEvent.key: "j", "ArrowLeft", "?"; with `Mod+` in front for Ctrl, or ⌘ on a Mac. */
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

/** They have keys of their own for what is typed. */
const TEXT_FIELDS =
  "textarea, [contenteditable], input:not([type=checkbox], [type=radio], [type=range], [type=color])";

/** No state by itself: the end of an effect would read what it was before others came in the same moment. */
let groups: readonly Group[] = [];
let changes = 0;
/** Grows with every change of the groups. */
let version = $state(0);

function setGroups(changed: readonly Group[]): void {
  groups = changed;
  version = ++changes;
}

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
  setGroups([...groups, group]);
  return () => setGroups(groups.filter((other) => other !== group));
}

export function allShortcuts(): readonly Group[] {
  void version;
  return groups;
}

addEventListener("keydown", (event) => {
  const pressed = pressedKey(event);
  if (pressed === null || event.defaultPrevented || isMeantFor(event)) return;
  const dialogOpen = document.querySelector("dialog[open]") !== null;
  const shortcut = groups
    .filter(({ inDialog }) => inDialog || !dialogOpen)
    .flatMap(({ shortcuts }) => shortcuts)
    .findLast(({ key, run }) => run && key === pressed);
  if (!shortcut?.run) return;
  event.preventDefault();
  shortcut.run();
});

/** As `Shortcut.key` names it; null if nobody wants it. */
function pressedKey({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): string | null {
  if (altKey) return null;
  if (!ctrlKey && !metaKey) return key;
  return shiftKey ? null : `Mod+${key}`;
}

/** Whether the focused element makes something of the key: fields of letters and arrows, buttons of the space bar. */
function isMeantFor({ target, key, ctrlKey, metaKey }: KeyboardEvent): boolean {
  if (!(target instanceof Element)) return false;
  if (ctrlKey || metaKey) return target.closest(TEXT_FIELDS) !== null;
  const presses = key === " " || key === "Enter";
  return target.closest(`input, select, textarea, [contenteditable]${presses ? ", button, a" : ""}`) !== null;
}
